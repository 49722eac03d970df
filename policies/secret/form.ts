/**
 * Secrets that are known by their own form: a fixed beginning, an alphabet, a length, and a check
 * where the issuer has one. Beside each stands where the form is published.
 *
 * Linear: a form opens with a literal, which may not stand within a longer word, so that there is
 * one beginning a word; what follows are bounded repetitions of single classes, kept apart by a
 * character that the class before them lacks, or of at most a hundred characters.
 */
import { isBech32, isCrcBase62 } from './check-digit.ts';
import { isBody, isChance, isPlaceholder } from './chance.ts';
import { hasBody, isNumber, isPassword, isSigned, isUserPassword } from './genuine.ts';

export type FormKind = 'private_key' | 'token' | 'url_password';

export interface Form {
  readonly kind: FormKind;
  /** Whose form it is. */
  readonly name: string;
  /** Sources of patterns: what a text that holds one has before and behind some place. */
  readonly before: string;
  readonly behind: string;
  /** One group: what `isGenuine` judges. */
  readonly pattern: RegExp;
  readonly isGenuine: (body: string) => boolean;
}

/** Not within a word, but for the letter of an escape such as `\n` that is itself spelt out. */
const APART = '(?<!(?<!\\\\)[\\w-])';
const WORD = '[A-Za-z0-9]';
const WIDE = '[\\w-]';
/** The ends of what is made of these. */
const END = '(?![A-Za-z0-9])';
const END_WIDE = '(?![\\w-])';

const isNoExample = (body: string): boolean => !isPlaceholder(body);

/** The beginning that is looked for first ends with a character that is rare in JSON. */
const form = (
  kind: FormKind,
  name: string,
  before: string,
  pattern: string,
  isGenuine: Form['isGenuine'],
  behind = '',
): Form => ({ kind, name, before, behind, pattern: new RegExp(pattern, 'g'), isGenuine });

const key = (name: string, before: string, rest: string, isGenuine: Form['isGenuine']): Form =>
  form('private_key', name, before, before + rest, isGenuine);

const token = (
  name: string,
  before: string,
  rest: string,
  isGenuine: Form['isGenuine'] = isBody,
): Form => form('token', name, before, APART + before + rest, isGenuine);

const BEHIND = '(?=([^]{0,200}))';
const PEM = `EGIN [A-Z0-9 ]{0,20}PRIVATE KEY(?: BLOCK)? ?----${BEHIND}`;
const SKEY = 'KEY\\+[^\\s+]{1,128}\\+[0-9a-f]{8}\\+(A[Q-Za-f][A-Za-z0-9+/]{42})';
const AGE = `KEY-1([QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58})${END}`;
const AWS = `IA([A-Z2-7]{16})${END}`;
const HOOK = `com/services/T${WORD}{8,12}/B${WORD}{8,12}/(${WORD}{24})${END}`;
const XOX = `(?:\\d{1,14}-){1,4}(${WORD}{16,200})${END_WIDE}`;
const XAPP = `\\d-[A-Z0-9]{8,14}-\\d{10,14}-([a-f0-9]{64})${END}`;
const ROUTABLE = `(${WIDE}{27,300}\\.[0-9a-z]{2}\\.?[0-9a-z]{7})${END_WIDE}`;
const MARKED = `(?:(?:proj|svcacct|admin)-)?(${WIDE}{20,80}T3BlbkFJ${WIDE}{20,80})${END_WIDE}`;
const MACAROON = `AgE(?:IcHlwaS5vcmc|NdGVzdC5weXBpLm9yZ)(${WIDE}{50,1000})${END_WIDE}`;
const BOT = `(?:${APART}|(?<=/bot))\\d{8,10}:AA(${WIDE}{33})${END_WIDE}`;
const DISCORD = `${APART}([MNO]${WIDE}{22,25})\\.${WIDE}{6}\\.${WIDE}{27,38}${END_WIDE}`;
const JWT = `${APART}(eyJ${WIDE}{8,2000})\\.${WIDE}{4,}\\.${WIDE}{20,}`;
const LONG_GHS = `\\d{1,12}_(eyJ${WIDE}{8,2000})\\.${WIDE}{4,}\\.${WIDE}{20,}`;
const TWILIO = `${APART}SK([0-9a-f]{32})${END}`;
const DAPI = `${APART}dapi([0-9a-f]{32})(?:-\\d{1,2})?${END}`;
const AZURE = '([A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)';
const BEARER = `${APART}[Bb]earer ([\\w.~+/-]{16,1024}=*)`;
const BASIC = `${APART}[Bb]asic ([A-Za-z0-9+/]{8,2000}={0,2})`;
const USERINFO = '://[^\\s/?#:@"]{0,200}:([^\\s/?#@"]{1,200})@(?=[A-Za-z0-9[])';

export const FORMS: readonly Form[] = [
  // RFC 7468, RFC 4716, RFC 9580, OpenSSH's PROTOCOL.key; PuTTY manual, appendix C
  key('pem', '---- ?B', PEM, hasBody),
  key('putty', 'PuTTY-User-Key-', `File-[23]:${BEHIND}`, hasBody),
  // C2SP signed-note, Ed25519: 33 bytes of which the first is 1
  key('ledger', 'PRIVATE\\+', SKEY, isNoExample),
  // C2SP age: bech32 with a checksum
  key('age', 'AGE-SECRET-', AGE, (data) => isBech32('age-secret-key-', data.toLowerCase())),
  // AWS IAM user guide, "IAM identifiers": prefixes of access keys
  token('aws', 'AK', AWS, isNoExample),
  token('aws', 'AS', AWS, isNoExample),
  // GitHub blog, "Behind GitHub's new authentication token formats"; GitHub docs of 2026 on
  // ghs_APPID_JWT
  token('github', 'gh[opusr]_', `(${WORD}{36})${END}`, isCrcBase62),
  token('github', 'ghs_', LONG_GHS, isSigned),
  token('github', 'github_pat_', `(${WORD}{22}_${WORD}{59})${END}`),
  // GitLab docs, "Token overview"; GitLab handbook, "Routable tokens"
  token('gitlab', 'gl(?:pat|dt|rt|ft|soat|ffct)-', `(?:t\\d_)?(${WIDE}{20})${END_WIDE}`),
  token('gitlab', 'gl(?:pat|rt)-', ROUTABLE),
  token('gitlab', 'glcbt-', `${WORD}{1,5}_(${WIDE}{20})${END_WIDE}`),
  token('gitlab', 'glptt-', `([0-9a-f]{40})${END}`),
  // Slack docs, "Tokens" and "Sending messages using incoming webhooks"
  token('slack', 'xox[a-z]-', XOX),
  token('slack', 'xox[a-z]\\.', `xox[a-z]-${XOX}`),
  token('slack', 'xapp-', XAPP),
  token('slack', 'hooks\\.slack\\.', HOOK),
  // Stripe docs, "API keys": live ones; a test key moves no money
  token('stripe', '[sr]k_live_', `(${WORD}{24,247})${END}`),
  token('stripe', 'whsec_', `(${WORD}{32,64})${END}`),
  // Google Cloud docs, "API keys" and "OAuth client credentials"
  token('google', 'AIz', `a(${WIDE}{35})${END_WIDE}`),
  token('google', 'GOCSPX-', `(${WIDE}{28})${END_WIDE}`),
  // OpenAI puts its name in base64 into the middle
  token('openai', 'sk-', MARKED),
  // Anthropic docs, "API keys": 95 characters, the last two of them padding bits
  token('anthropic', 'sk-ant-', `[a-z]{3,5}\\d\\d-(${WIDE}{93}AA)${END_WIDE}`),
  // GitHub changelog, "npm has a new access token format"
  token('npm', 'npm_', `(${WORD}{36})${END}`, isCrcBase62),
  // PyPI help, "API tokens": a macaroon whose first bytes name the place
  token('pypi', 'pypi-', MACAROON),
  // SendGrid docs, "API keys"; Twilio docs, "String identifiers"
  token('sendgrid', 'SG\\.', `(${WIDE}{22}\\.${WIDE}{43})${END_WIDE}`),
  form('token', 'twilio', 'SK', TWILIO, isBody, '[0-9a-f]{4}'),
  // Azure docs, "Connection strings": 64 bytes, or the 32 of a shared access policy
  token('azure', '(?:Account|SharedAccess)Key=', AZURE),
  // Vault docs, "Tokens": of services, batches and recoveries
  token('vault', 'hv[sbr]\\.', `(${WIDE}{24,500})${END_WIDE}`),
  // Shopify docs, "API access tokens"; Docker docs, "Personal access tokens", "Organization access
  // tokens"; Grafana docs, "Service accounts"
  token('shopify', 'shp(?:at|ca|pa|ss)_', `([0-9a-fA-F]{32})${END}`),
  token('docker', 'dckr_(?:pat|oat)_', `(${WIDE}{27,32})${END_WIDE}`),
  token('grafana', 'glsa_', `(${WORD}{32}_[0-9a-fA-F]{8})${END}`),
  // Databricks docs, "Personal access tokens"; Linear docs, "API keys", "OAuth"
  form('token', 'databricks', 'dap', DAPI, isBody, 'i[0-9a-f]{4}'),
  token('linear', 'lin_api_', `(${WORD}{40})${END}`),
  token('linear', 'lin_oauth_', `([0-9a-f]{64})${END}`),
  // DigitalOcean blog, "Token prefixes"; Hugging Face docs, "User access tokens"
  token('digitalocean', 'do[opr]_v1_', `([a-f0-9]{64})${END}`),
  token('huggingface', 'hf_', `(${WORD}{34})${END}`),
  // Telegram Bot API, "Authorizing your bot"; Discord developer docs, "Authentication"
  form('token', 'telegram', '\\d:A', BOT, isBody, 'A'),
  form('token', 'discord', `[MNO]${WIDE}{22,25}\\.${WIDE}{6}\\.`, DISCORD, isNumber),
  // RFC 7519 in the compact form of RFC 7515; RFC 6750; RFC 7617; RFC 3986, section 3.2.1
  form('token', 'jwt', 'eyJ', JWT, isSigned),
  form('token', 'bearer', 'B', BEARER, isChance, 'earer '),
  form('token', 'bearer', 'b', BEARER, isChance, 'earer '),
  form('token', 'basic', 'B', BASIC, isUserPassword, 'asic '),
  form('token', 'basic', 'b', BASIC, isUserPassword, 'asic '),
  // In canonical JSON each of its characters may be an escape of six.
  form('url_password', 'url', '://[^/?#\\s"@]{1,2406}@', USERINFO, isPassword),
];
