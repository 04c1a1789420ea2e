import { encodeUtf8 } from '../../base/text.ts';
import { redactTree } from '../../values/redact.ts';
import type { ValueTree } from '../../values/tree.ts';
import type { CauseResult, PanicResult, SourceResult } from '../results.ts';
import type { ReportResult } from '../results-report.ts';
import { descriptorText } from '../descriptors.ts';
import type { CrashTextResult, TextCrashResult } from '../results-traceback.ts';
import type { WaiterResult } from '../results-waits.ts';
import type { SourceProvider } from '../source-lines.ts';
import { maskLiterals } from './mask-literals.ts';
import { isRuntimeWords } from './runtime-words.ts';
import { HIDDEN, Secrets } from './secrets.ts';

/** What a report says of it. */
export const REDACTION_NOTE =
  'redacted: the contents of strings, bytes, labels and arguments are hidden, and literals and comments of the source; numbers, names, types and paths are not';

/**
 * Fields that hold names, places and words of ours, never contents. Every other text is searched for contents that
 * were hidden elsewhere.
 */
const PLAIN: ReadonlySet<string> = new Set(
  (
    'type kind class function file path status pc cfa address base start end name deferredBy closure executable core module arch ' +
    'goVersion mainPackage build underlyingType input proof stack code signal fp sp textLine arguments confidence death functions operation value constant headline expression'
  ).split(' '),
);
/** A panic with a value of such a type has no contents: its text is a number. */
const NUMBER = /^(?:bool|u?int|float|complex)/;

type Fields = Readonly<Record<string, unknown>>;

/** Hides the contents of strings in results, whatever their shape. Sources of shown lines are read anew, to know where literals begin. */
export class Redactor {
  private readonly sources: SourceProvider;
  private readonly masked = new Map<string, readonly string[] | undefined>();
  private secrets: Secrets = new Secrets();

  constructor(sources: SourceProvider) {
    this.sources = sources;
  }

  /** A result of the same shape without contents of strings. */
  redact<T>(result: T): T {
    if (isFields(result) && isReport(result) && result.redacted === true) return result;
    this.secrets = new Secrets();
    return this.clean(this.hide(result), '') as T;
  }

  /** First: what is known by its place to be contents. */
  private hide(node: unknown): unknown {
    if (Array.isArray(node)) return node.map((item) => this.hide(item));
    if (!isFields(node)) return node;
    if (isTree(node)) return this.hideTree(node);
    if (isPanic(node)) return this.hidePanic(node);
    if (isReport(node)) return this.hideReport(node);
    if (isWaiter(node)) return hideEnds(this.hideFields(node) as object as WaiterResult);
    const out = this.hideFields(node);
    return isSource(node) ? this.hideLiterals(out as Fields & SourceResult) : out;
  }

  private hideFields(node: Fields): Fields {
    const out: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(node)) {
      if (key === 'labels') out[key] = this.hideLabels(value);
      else if (key === 'key' && typeof value === 'string') out[key] = hideGroupKey(value);
      else out[key] = this.hide(value);
    }
    return out;
  }

  private hideTree(tree: ValueTree): ValueTree {
    const { tree: shown, hidden } = redactTree(tree);
    for (const text of hidden) if (!isRuntimeWords(text)) this.secrets.add(text);
    return shown;
  }

  private hidePanic(panic: PanicResult): PanicResult {
    const { text, value } = panic;
    const shown = this.panicText(panic);
    const tree = value === undefined ? undefined : this.hideTree(value);
    if (text !== undefined && shown !== text) this.secrets.add(text, true);
    const rest = this.hideFields({ ...panic, text: undefined, value: undefined });
    return { ...(rest as object as PanicResult), text: shown, value: tree };
  }

  /** The kind of the value, and the length of its text; whole only where it is the runtime's words or a number. */
  private panicText({ text, value }: PanicResult): string | undefined {
    if (text === undefined || isRuntimeWords(text)) return text;
    const dynamic = value?.kind === 'interface' ? value.children[0]?.tree : value;
    const count = encodeUtf8(text).length;
    if (dynamic === undefined) return `(redacted: ${count} bytes)`;
    return NUMBER.test(dynamic.kind) ? text : `(redacted: ${dynamic.type} of ${count} bytes)`;
  }

  private hideReport(report: ReportResult): unknown {
    const out = this.hideFields(report as object as Fields) as object as ReportResult;
    const { command } = report.program;
    const headline = hiddenHeadline(report.cause, out.cause.panics);
    return {
      ...out,
      program: { ...out.program, command: command === undefined ? undefined : this.hideArguments(command) },
      cause: { ...out.cause, headline },
      ...(isCrashText(out) && isCrashText(report) ? { crashes: hiddenCrashes(report.crashes, out.crashes) } : {}),
      health: [REDACTION_NOTE, ...out.health.filter((line) => line !== REDACTION_NOTE)],
      redacted: true,
    };
  }

  /** The program's name, without what it was called with. */
  private hideArguments(command: string): string {
    const [program = '', ...rest] = command.split(' ');
    for (const word of rest) this.secrets.add(word, true);
    const length = command.length - program.length - 1;
    return length <= 0 ? program : `${program} (redacted: ${length} bytes)`;
  }

  private hideLabels(labels: unknown): unknown {
    const hidden = (text: unknown): unknown => {
      if (typeof text !== 'string') return text;
      this.secrets.add(text, true);
      return `(redacted: ${encodeUtf8(text).length} bytes)`;
    };
    if (!isFields(labels)) return hidden(labels);
    return Object.fromEntries(Object.entries(labels).map(([key, value]) => [key, hidden(value)]));
  }

  private hideLiterals(source: Fields & SourceResult): Fields & SourceResult {
    if (source.lines === undefined) return source;
    const masked = this.maskedFile(source.file);
    if (masked === undefined) return { ...source, lines: undefined, problem: 'the source is hidden' };
    return { ...source, lines: source.lines.map((line) => ({ ...line, text: masked[line.number - 1] ?? '' })) };
  }

  private maskedFile(file: string): readonly string[] | undefined {
    if (!this.masked.has(file)) {
      const lines = this.sources.read(file);
      this.masked.set(file, lines && maskLiterals(lines));
    }
    return this.masked.get(file);
  }

  /** Then: contents that stand in other texts. */
  private clean(node: unknown, key: string): unknown {
    if (typeof node === 'string') {
      return PLAIN.has(key) || node === REDACTION_NOTE ? node : this.secrets.clean(node);
    }
    if (Array.isArray(node)) return node.map((item) => this.clean(item, key));
    // What is left of a line of source is code.
    if (!isFields(node) || isSourceLine(node)) return node;
    return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, this.clean(value, name)]));
  }
}

/** The crashes of a text with headlines that go with their panics, which are hidden already. */
function hiddenCrashes(
  crashes: readonly TextCrashResult[],
  shown: readonly TextCrashResult[],
): readonly TextCrashResult[] {
  return shown.map((crash, i) => {
    const whole = crashes[i];
    return whole === undefined ? crash : { ...crash, headline: hiddenHeadline(whole, crash.panics) };
  });
}

/** The headline ends in the text of a panic; if that is hidden, so is the headline. */
function hiddenHeadline(
  { headline, panics }: Pick<CauseResult, 'headline' | 'panics'>,
  shown: readonly PanicResult[],
): string {
  const changed = panics.findLastIndex(({ text }, i) => text !== undefined && text !== '' && text !== shown[i]?.text);
  if (changed < 0) return headline;
  const { text = '' } = panics[changed] ?? {};
  const panic = shown[changed]?.text ?? '';
  if (headline.includes(text)) return headline.split(text).join(panic);
  return headline.startsWith('panic') ? `panic: ${panic}` : headline;
}

/** Groups by a label have it in their key, as `name=value`. */
function hideGroupKey(key: string): string {
  return key.replace(/^([^=|]*)=(?!true$|false$)(.+)$/s, '$1=(redacted)');
}

function isFields(node: unknown): node is Fields {
  return typeof node === 'object' && node !== null;
}

function isTree(node: object): node is ValueTree {
  return 'kind' in node && 'children' in node && 'onlyAddress' in node;
}

function isPanic(node: object): node is PanicResult {
  return 'repanicked' in node && 'recovered' in node;
}

function isReport(node: object): node is ReportResult {
  return 'cause' in node && 'program' in node && 'health' in node;
}

function isWaiter(node: object): boolean {
  return 'descriptor' in node && 'detail' in node;
}

/** The addresses of a connection and the name of a file are strings and bytes of the program. */
function hideEnds(waiter: WaiterResult): WaiterResult {
  const { descriptor } = waiter;
  if (descriptor === undefined) return waiter;
  const hidden = (text: string | undefined): string | undefined => text && HIDDEN;
  const { local, remote, file } = descriptor;
  const shown = { ...descriptor, local: hidden(local), remote: hidden(remote), file: hidden(file) };
  return { ...waiter, descriptor: shown, detail: descriptorText(shown) };
}

function isCrashText(node: ReportResult): node is CrashTextResult {
  return 'crashes' in node;
}

function isSource(node: object): node is SourceResult {
  return 'lines' in node && 'file' in node && 'line' in node;
}

function isSourceLine(node: object): boolean {
  return 'number' in node && 'current' in node && 'text' in node;
}
