// The X.509 library needs this import first.
import 'reflect-metadata';
import { randomBytes, type webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
  X509CrlGenerator,
} from '@peculiar/x509';

/** PEM. The key is secret: never in output or artefacts. */
export interface ServerCertificate {
  /** Omits the authority, because clients already trust it as a root. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface ServerNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** The first name where absent. */
  readonly commonNames?: readonly string[];
  /** Lets tests issue certificates that must be refused. By default from five minutes ago to a week from now. */
  readonly validity?: Validity;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** Trusted by a run's clients; lives as long as the process, unless another one restores it. */
export interface Authority {
  /** For `--cacert` and trust bundles. */
  readonly certificatePem: string;
  issue(names: ServerNames): Promise<ServerCertificate>;
  /** An intermediate, which servers present with their own certificate. */
  delegate(commonName: string): Promise<Authority>;
  /** A revocation list, in PEM. */
  revoke(certificatesPem: readonly string[]): Promise<string>;
  /** For `restoreAuthority`. The key is secret. */
  readonly state: () => Promise<ServerCertificate>;
}

type Keys = Pick<webcrypto.CryptoKeyPair, 'privateKey' | 'publicKey'>;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/**
 * Strict RFC 5280 (critical basicConstraints and keyUsage, key identifiers, subjectAltName), which Python 3.13 enforces
 * (contract, "Traps").
 */
export async function createAuthority(commonName = 'meho-acceptance test authority'): Promise<Authority> {
  const keys = await generateKeys();
  return issueAuthority(commonName, keys, { issuer: `CN=${commonName}`, keys });
}

/** Of another process. */
export async function restoreAuthority({ certificatePem, privateKeyPem }: ServerCertificate): Promise<Authority> {
  const certificate = new X509Certificate(certificatePem);
  const [der] = PemConverter.decode(privateKeyPem);
  if (der === undefined) {
    throw new Error('the key of the authority is not PEM');
  }
  const privateKey = await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']);
  const publicKey = await certificate.publicKey.export(algorithm, ['verify']);
  return authorityOf(certificate, { privateKey, publicKey });
}

interface Issuer {
  readonly issuer: string;
  readonly keys: Keys;
}

async function issueAuthority(commonName: string, keys: Keys, by: Issuer): Promise<Authority> {
  const subject = `CN=${commonName}`;
  const certificate = await X509CertificateGenerator.create({
    subject,
    issuer: by.issuer,
    publicKey: keys.publicKey,
    signingKey: by.keys.privateKey,
    serialNumber: serialNumber(),
    ...usualValidity(),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(by.keys.publicKey),
    ],
  });
  return authorityOf(certificate, keys);
}

function authorityOf({ rawData, subject }: X509Certificate, keys: Keys): Authority {
  const certificatePem = pemOf(rawData, PemConverter.CertificateTag);
  return {
    certificatePem,
    issue: (names) => issue(subject, keys, names),
    delegate: async (name) => issueAuthority(name, await generateKeys(), { issuer: subject, keys }),
    revoke: (certificatesPem) => revoke(subject, keys, certificatesPem),
    state: async () => ({ certificatePem, privateKeyPem: await privatePem(keys) }),
  };
}

async function revoke(issuer: string, { privateKey }: Keys, certificatesPem: readonly string[]): Promise<string> {
  const { notBefore: thisUpdate, notAfter: nextUpdate } = usualValidity();
  const entries = certificatesPem.map((pem) => ({ serialNumber: new X509Certificate(pem).serialNumber }));
  const list = await X509CrlGenerator.create({
    ...{ issuer, thisUpdate, nextUpdate, entries },
    ...{ signingKey: privateKey, signingAlgorithm: algorithm },
  });
  return pemOf(list.rawData, 'X509 CRL');
}

async function issue(issuer: string, authority: Keys, names: ServerNames): Promise<ServerCertificate> {
  const keys = await generateKeys();
  const { notBefore, notAfter } = names.validity ?? usualValidity();
  const alternatives = [
    ...names.dnsNames.map((value) => ({ type: 'dns' as const, value })),
    ...(names.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  // Clients check subjectAltName; a common name has at most 64 characters.
  const { commonNames = [(alternatives[0]?.value ?? 'server').slice(0, 64)] } = names;
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    ...(alternatives.length === 0 ? [] : [new SubjectAlternativeNameExtension(alternatives)]),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    await AuthorityKeyIdentifierExtension.create(authority.publicKey),
  ];
  const certificate = await X509CertificateGenerator.create({
    subject: commonNames.map((name) => `CN=${name}`).join(', '),
    issuer,
    publicKey: keys.publicKey,
    signingKey: authority.privateKey,
    serialNumber: serialNumber(),
    notBefore,
    notAfter,
    signingAlgorithm: algorithm,
    extensions,
  });
  return {
    certificatePem: pemOf(certificate.rawData, PemConverter.CertificateTag),
    privateKeyPem: await privatePem(keys),
  };
}

function generateKeys(): Promise<Keys> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function privatePem({ privateKey }: Keys): Promise<string> {
  return pemOf(await crypto.subtle.exportKey('pkcs8', privateKey), PemConverter.PrivateKeyTag);
}

/** Starts in the past, since clocks may differ. */
function usualValidity(): Validity {
  const now = Date.now();
  return { notBefore: new Date(now - 5 * minuteMs), notAfter: new Date(now + 7 * dayMs) };
}

/** Positive, at most 20 octets (RFC 5280, 4.1.2.2). */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function pemOf(der: ArrayBuffer, tag: string): string {
  return `${PemConverter.encode(der, tag)}\n`;
}
