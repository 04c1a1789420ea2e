import { numberOf, Streams, withoutColours, type LogLines } from './log-lines.ts';

/** What is sure to be the runtime's, at the start of a line or inside a quoted text. */
const SURE =
  /(?:^|[\s"]|\\n)(?:goroutine \d{1,19} (?:gp=\S{1,40} m=\S{1,40} (?:mp=\S{1,40} )?)?\[[a-z]|(?:panic|fatal error): )/;
/** Lines longer than this are not looked into, in characters. */
const LONGEST_LINE = 1 << 22;
/** How deep texts of the program lie in a line's object, at most. */
const DEEPEST = 3;
/** Fields that tell of which process and stream a line is: of Docker, journald, go test, Kubernetes. */
const ORIGINS = new Set(
  (
    'stream _PID SYSLOG_PID _HOSTNAME _SYSTEMD_UNIT CONTAINER_ID CONTAINER_NAME Package container container_id ' +
    'container_name pod pod_name host hostname pid'
  ).split(' '),
);

type Fields = Readonly<Record<string, unknown>>;

/**
 * Takes what a program printed out of logs that have an object of JSON on each line (Docker, journald, `go test -json`, log
 * collectors), and whole texts out of quotes (structured logs with a stack in a field).
 */
export function unwrapped(lines: LogLines): readonly LogLines[] {
  const outer = unquoted(lines);
  const path = findPath(outer.texts);
  // What a container printed may be objects of JSON again.
  return path === undefined ? [outer] : takeField(outer, path).map(unquoted);
}

/** The field that holds a line of the runtime, as names from the outermost object on. */
function findPath(texts: readonly string[]): readonly string[] | undefined {
  for (const text of texts) {
    const object = isObject(text) && SURE.test(text) ? parseObject(text) : undefined;
    const path = object && pathIn(object, DEEPEST);
    if (path !== undefined) return path;
  }
  return undefined;
}

function isObject(text: string): boolean {
  return text.startsWith('{') && text.trimEnd().endsWith('}') && text.length <= LONGEST_LINE;
}

function parseObject(text: string): Fields | undefined {
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return undefined;
  }
}

/** A whole text in one field is no line of a log. */
function pathIn(object: Fields, depth: number): readonly string[] | undefined {
  for (const [name, value] of Object.entries(object)) {
    const text = textOf(value);
    if (text !== undefined) {
      if (SURE.test(text) && !text.trimEnd().includes('\n')) return [name];
    } else if (depth > 1 && typeof value === 'object' && value !== null) {
      const rest = pathIn(value as Fields, depth - 1);
      if (rest !== undefined) return [name, ...rest];
    }
  }
  return undefined;
}

/** journald writes texts with control characters as lists of bytes. */
function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return withoutColours(value);
  const isBytes = Array.isArray(value) && value.length > 0 && value.every((byte) => typeof byte === 'number');
  return isBytes ? withoutColours(decodeBytes(value)) : undefined;
}

function decodeBytes(bytes: readonly number[]): string {
  return bytes.map((byte) => String.fromCharCode(byte & 0xff)).join('');
}

/** The texts of a field, by origin; other lines stay as they are, in a stream of their own. */
function takeField(lines: LogLines, path: readonly string[]): readonly LogLines[] {
  const streams = new Streams();
  /** By origin: the start of a line whose rest is in the next object, and where it began. */
  const open = new Map<string, { text: string; number: number }>();
  lines.texts.forEach((text, i) => {
    const number = numberOf(lines, i);
    const object = isObject(text) ? parseObject(text) : undefined;
    const field = object && textOf(path.reduce<unknown>((at, name) => (at as Fields | undefined)?.[name], object));
    if (object === undefined || field === undefined) return streams.add('', text, number);
    const key = ['json', ...originOf(object)].join(' ');
    const before = open.get(key);
    const parts = `${before?.text ?? ''}${field}`.split('\n');
    open.delete(key);
    const last = parts.pop() ?? '';
    for (const part of parts) streams.add(key, part.replace(/\r$/, ''), before?.number ?? number);
    if (last === '') return undefined;
    // Docker and go test leave the line's end in the text: without one there is more of the line.
    if (keepsLineEnds(path)) open.set(key, { text: last, number: before?.number ?? number });
    else streams.add(key, last, number);
    return undefined;
  });
  for (const [key, { text, number }] of open) streams.add(key, text, number);
  return streams.all;
}

/** True for the fields of Docker and of `go test -json`. */
function keepsLineEnds(path: readonly string[]): boolean {
  return path.length === 1 && (path[0] === 'log' || path[0] === 'Output');
}

function originOf(object: Fields, depth = 2): readonly string[] {
  return Object.entries(object).flatMap(([name, value]) => {
    if (typeof value === 'object' && value !== null) return depth > 1 ? originOf(value as Fields, depth - 1) : [];
    return ORIGINS.has(name) && (typeof value === 'string' || typeof value === 'number') ? [`${value}`] : [];
  });
}

/** A stack within quotes, its line feeds escaped; a head alone is a line of a log. */
const QUOTED_STACK =
  /goroutine \d{1,19} (?:gp=\S{1,40} m=\S{1,40} (?:mp=\S{1,40} )?)?\[[a-z][^\]"\\]{0,300}\][^"\\]{0,300}:\\n[^"]/;

/** Puts the lines of quoted texts in the place of lines that have such texts with stacks. */
function unquoted(lines: LogLines): LogLines {
  if (!lines.texts.some((text) => QUOTED_STACK.test(text.slice(0, LONGEST_LINE)))) return lines;
  const texts: string[] = [];
  const numbers: number[] = [];
  lines.texts.forEach((text, i) => {
    const whole = text.length <= LONGEST_LINE && QUOTED_STACK.test(text) ? quotedTexts(text) : [text];
    for (const line of whole) {
      texts.push(line);
      numbers.push(numberOf(lines, i));
    }
  });
  return { texts, numbers };
}

function quotedTexts(line: string): readonly string[] {
  const found: string[] = [];
  for (const [, content = ''] of line.matchAll(/"((?:[^"\\]|\\.)*)"/gs))
    if (SURE.test(content)) found.push(...unescape(content).split(/\r?\n/), '');
  return found.length === 0 ? [line] : found;
}

/** Undoes the escapes of JSON and of Go's %q. */
function unescape(content: string): string {
  const plain = content.replace(/\\x([0-9a-fA-F]{2})/g, '\\u00$1').replace(/\\[av']/g, ' ');
  try {
    return JSON.parse(`"${plain}"`) as string;
  } catch {
    return content
      .replace(/\\n/g, '\n')
      .replace(/\\t/g, '\t')
      .replace(/\\(["\\])/g, '$1');
  }
}
