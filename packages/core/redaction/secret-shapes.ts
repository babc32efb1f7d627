/**
 * Each pattern is linear: repetitions are bounded or begin at a border.
 * Why not secretlint's preset (13.1.0, 218 kB, 90 ms to load): log lines with findings took 0.8 s for 1 MB and over 100
 * s for 10 MB; it knew three kinds of a small sample, ignores names and doesn't replace.
 */
/** @param hint a text in every match, for patterns that are slow without it */
type Shape = readonly [pattern: RegExp, replacement: string, hint?: string];

const token = '[redacted token]';
const key = '[redacted key]';

/** Stands behind `\\n` and its like, where a line begins although no border of a word does. */
const begin = '\uE000';

export function withoutShapes(text: string): string {
  const isEscaped = text.includes('\\') && !text.includes(begin);
  const marked = isEscaped ? text.replace(/\\{1,8}[nrt]/g, `$&${begin}`) : text;
  const clean = shapes.reduce(
    (so, [pattern, replacement, hint = '']) => (so.includes(hint) ? so.replace(pattern, replacement) : so),
    marked,
  );
  return isEscaped ? clean.replaceAll(begin, '') : clean;
}

const shapes: readonly Shape[] = [
  // JSON Web Tokens, also wrapped; other JSON in base64.
  [
    /(?<![A-Za-z0-9+/_])eyJ[\w+/=-]{5,}(?:[\w.+/=-]|\r?\n[ \t]*(?!---|\.\.\.)(?=[\w.+/=-]{16,}[ \t]*\r?(?:\n|$)))*/g,
    token,
  ],
  [
    /(?<![A-Za-z0-9+/])(?:ZXlK|LS0tLS1CRUdJTiBQUklW|LS0tLS1CRUdJTiBSU0EgUFJ|LS0tLS1CRUdJTiBFQyBQ|LS0tLS1CRUdJTiBPUEVOU1N)[\w+/=-]{12,}/g,
    token,
  ],
  // Vault, old and new.
  [/\bhv[sbr]\.[\w-]{20,}/g, '[redacted Vault token]'],
  [/(?<![\w.-])[sbr]\.[A-Za-z0-9]{24}(?![\w])/g, '[redacted Vault token]'],
  [/((?:unseal|recovery) key(?: \d+)?["']?\s{0,4}[:=]\s{0,4}["']?)[A-Za-z0-9+/=]{16,}/gi, `$1${key}`],
  [/(initial root token["']?\s{0,4}[:=]\s{0,4}["']?)[^\s"',]+/gi, `$1${token}`],
  [/\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_\w{20,}/g, token],
  [/\bgl(?:pat|dt|rt|ptt|cbt|ft|imt|agent|soat|ffct|oas)-[\w.-]{16,}|\bGR1348941[\w-]{20}/g, token],
  [/\bxox[a-z](?:\.xox[a-z])?-[\w-]{10,}|\bxapp-[\w-]{10,}/g, token],
  [/\b(?:https?:\/\/)?hooks\.slack\.com\/(?:services|workflows|triggers)\/[\w/-]{8,}/g, token],
  [/(discord(?:app)?\.com\/api\/webhooks\/\d+\/)[\w-]{20,}/g, `$1${token}`],
  [/\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g, key],
  [/\bAIza[\w-]{35}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}/g, key],
  [/\b(AccountKey|SharedAccessKey|SharedSecretKey)=[A-Za-z0-9+/=]{16,}/g, `$1=${key}`],
  [
    /([?&](?:sig|signature|x-amz-signature|x-amz-security-token|x-goog-signature|code|key)=)[\w%+/=.~-]{16,}/gi,
    `$1${key}`,
  ],
  [/(?<![\w~.-])[\w~.-]{3}[78]Q~[\w~.-]{31,34}/g, key],
  [/\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9+/=]{16,}/g, key],
  [/\bsk-(?:ant-|proj-|svcacct-|or-v1-)?[\w-]{20,}/g, key],
  [/\bnpm_[A-Za-z0-9]{30,}|\bpypi-[\w-]{30,}|\bhf_[A-Za-z0-9]{20,}|\brubygems_[a-f0-9]{40,}/g, token],
  [/\bSG\.[\w-]{16,}\.[\w-]{16,}|\bkey-[0-9a-f]{32}\b|\bSK[0-9a-f]{32}\b/g, key],
  [
    /\bdckr_(?:pat|oat)_[\w-]{20,}|\bdo[opr]_v1_[0-9a-f]{40,}|\bgl(?:sa|c)_[\w=-]{20,}|\blin_api_\w{20,}|\bdapi[0-9a-f]{32}/g,
    token,
  ],
  [/\b[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{40,}/g, key, '.atlasv1.'],
  [/\bops_eyJ[\w-]{20,}|\bAGE-SECRET-KEY-1[0-9A-Z]{20,}/g, key],
  [/\b\d{8,10}:AA[\w-]{30,}/g, token],
  [
    /\b(?:NRAK|NRII|NRJS)-[A-Za-z0-9]{20,}|\bshp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}|\bPMAK-[0-9a-f]{24}-[0-9a-f]{34}|\bsq0[a-z]{3}-[\w-]{22,}/g,
    key,
  ],
  [/\btoken-[a-z0-9]{5}:[a-z0-9]{40,}|\bkubeconfig-[uw]-[a-z0-9]+:[a-z0-9]{40,}|\bsha256~[\w-]{43}/g, token],
  [/\bK10[0-9a-f]{64}::[\w-]+:[\w-]+/g, token],
  // Password hashes.
  [/\$(?:2[abxy]?|apr1|1|5|6|y|argon2i?d?)\$[\w./$=,+-]{20,}/g, '[redacted hash]'],
  [/SCRAM-SHA-256\$\d+:[\w+/=]+\$[\w+/=]+:[\w+/=]+/g, '[redacted hash]'],
  [/\bPuTTY-User-Key-File-\d[\s\S]{0,4000}?Private-MAC: \w+/g, '[redacted private key]'],
  // In a URL; a password may hold `@` and `/`, a port is none.
  [
    /(\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s:/@"'<>]{0,128}):(?!\d{1,5}(?:[/?#\s]|$))(?!\[redacted|(?:PASSWORD|…|\*{3,}|\$\{?\w{1,40}\}?)@)[^\s"'<>]{1,256}@(?=[\w.[%*-])/gi,
    '$1:[redacted]@',
    '://',
  ],
  [/(\bhttps?:\/\/)[A-Za-z0-9_-]{20,255}@/g, '$1[redacted]@'],
  [
    /\b([Bb]earer|BEARER|[Bb]asic|BASIC|Token|ApiKey|Negotiate|GoogleLogin)(\s{1,8})(?=[\w.~+/=-]{0,200}(?:\d|[a-z][A-Z]))[\w.~+/=-]{8,}/g,
    '$1$2[redacted]',
  ],
  [
    /((?:^|\uE000)[ \t]{0,40}(?![0-9a-f]{1,4}:)(?:[\w.*-]{1,200}|\/[\w./-]{1,200}):(?:\d{1,5}|\*):[^\s:"]{1,100}:[^\s:"]{1,100}):(?:(?!\\{1,8}[nrt]\uE000|\\{0,8}"[\s,}\])])[^\r\n]){1,500}(?=$|[\r\\"])/gm,
    '$1:[redacted]',
  ],
  [
    /\b((?:machine\s+\S{1,200}|default)\s+login\s+\S{1,200}\s+password\s+)(?:(?!\\{1,8}[nrt]\uE000|\\{0,8}["'](?:[\s,}\])]|$))\S)+/g,
    '$1[redacted]',
  ],
  [
    /((?:^|\uE000)[ \t]*password[ \t]+)(?:(?!\\{1,8}[nrt]\uE000)\S)+(?=[ \t]*(?:$|\r|\\{1,8}[nrt]\uE000))/gm,
    '$1[redacted]',
  ],
  [
    /\b(password|identified(?:\s{1,4}with\s{1,4}\w{1,40})?\s{1,4}(?:by|as)(?:\s{1,4}password)?)(\s{1,4}E?)'(?:[^'\n]|'')*'/gi,
    "$1$2'[redacted]'",
  ],
  [/(?<!\S)(-u|--user|--proxy-user)((?:\s{1,4}|=)["']?[^\s:"']{1,100}):[^\s"']+/g, '$1$2:[redacted]'],
  [
    /\b((?:sshpass|mysql|mysqldump|mariadb|redis-cli|docker login)\b[^\n]{0,200}?\s(?:-p ?|-a |--pass ))[^\s-]\S*/g,
    '$1[redacted]',
  ],
];
