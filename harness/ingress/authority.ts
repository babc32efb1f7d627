// The X.509 library finds its parts by metadata, and wants this before it is loaded.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
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
  X509CertificateGenerator,
} from '@peculiar/x509';

/** A certificate with its key, as PEM. The key is a secret: never into output or artefacts. */
export interface ServerCertificate {
  /** The server's certificate, then nothing: the authority is a root, which clients have. */
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

export interface ServerNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses?: readonly string[];
  /** For certificates that are to be refused. From five minutes ago to a week from now otherwise. */
  readonly validity?: Validity;
}

export interface Validity {
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** The certificate authority that a run's clients trust. It lives as long as the process does. */
export interface Authority {
  /** What goes to `--cacert` and into trust bundles. */
  readonly certificatePem: string;
  issue(names: ServerNames): Promise<ServerCertificate>;
  /** An authority below this one: its certificate is no root, and servers have to present it beside their own. */
  delegate(commonName: string): Promise<Authority>;
}

type Keys = Awaited<ReturnType<typeof generateKeys>>;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/**
 * Makes an authority that holds RFC 5280 to the letter (critical basicConstraints and keyUsage, key identifiers,
 * subjectAltName), because Python from 3.13 on verifies that strictly (contract, "Traps").
 */
export async function createAuthority(commonName = 'meho-acceptance test authority'): Promise<Authority> {
  const keys = await generateKeys(false);
  return vouchedFor(commonName, keys, { issuer: `CN=${commonName}`, keys });
}

interface Issuer {
  readonly issuer: string;
  readonly keys: Keys;
}

async function vouchedFor(commonName: string, keys: Keys, by: Issuer): Promise<Authority> {
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
  return {
    certificatePem: pemOf(certificate.rawData, PemConverter.CertificateTag),
    issue: (names) => issue(subject, keys, names),
    delegate: async (name) => vouchedFor(name, await generateKeys(false), { issuer: subject, keys }),
  };
}

async function issue(issuer: string, authority: Keys, names: ServerNames): Promise<ServerCertificate> {
  const keys = await generateKeys(true);
  const { notBefore, notAfter } = names.validity ?? usualValidity();
  const extensions: Extension[] = [
    new BasicConstraintsExtension(false, undefined, true),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
    new SubjectAlternativeNameExtension([
      ...names.dnsNames.map((value) => ({ type: 'dns' as const, value })),
      ...(names.ipAddresses ?? []).map((value) => ({ type: 'ip' as const, value })),
    ]),
    await SubjectKeyIdentifierExtension.create(keys.publicKey),
    await AuthorityKeyIdentifierExtension.create(authority.publicKey),
  ];
  const certificate = await X509CertificateGenerator.create({
    // The name that counts is in subjectAltName; a common name may not be longer than 64 characters.
    subject: `CN=${(names.dnsNames[0] ?? names.ipAddresses?.[0] ?? 'server').slice(0, 64)}`,
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
    privateKeyPem: pemOf(await crypto.subtle.exportKey('pkcs8', keys.privateKey), PemConverter.PrivateKeyTag),
  };
}

function generateKeys(extractable: boolean) {
  return crypto.subtle.generateKey(algorithm, extractable, ['sign', 'verify']);
}

/** Clocks of machine and node may differ a little, so it begins in the past. */
function usualValidity(): Validity {
  const now = Date.now();
  return { notBefore: new Date(now - 5 * minuteMs), notAfter: new Date(now + 7 * dayMs) };
}

/** Positive and at most 20 octets, as RFC 5280 (4.1.2.2) has it. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function pemOf(der: ArrayBuffer, tag: string): string {
  return `${PemConverter.encode(der, tag)}\n`;
}
