import { isOwnStack, RUNTIME_STACK } from './crash-text.ts';
import type { CrashText, LineRange, TextFrame, TextGoroutine, TextPanic } from './crash-text.ts';
import {
  parseCall,
  parseCreator,
  parseFault,
  parseHeader,
  parsePanic,
  parsePlace,
  parseRegister,
  parseSignalPlace,
  unmarked,
  type CallLine,
  type PlaceLine,
  type StackHead,
} from './lines.ts';
import { numberOf, type LogLines } from './log-lines.ts';
import { parseProfileFrame, parseProfileHead, parseProfileLabels } from './profile.ts';

/** Lines of other origin that may stand between a frame's two lines: logs of other threads. */
const MOST_BETWEEN = 5;
/** Lines of a panic's text, or of a fatal error's. */
const MOST_TEXT_LINES = 1000;
/** What the runtime explains stands at most so many lines before the error. */
const LONGEST_EXPLANATION = 5;
/** Different frames that are kept to be found again. */
const MOST_FRAMES = 20_000;
/** What the runtime prints between the threads of a crash. */
const RELAY = '-----';

type Open = { -readonly [K in keyof TextGoroutine]: TextGoroutine[K] } & { frames: TextFrame[] };

/** A crash text as far as it was read. */
type Draft = { -readonly [K in keyof CrashText]: CrashText[K] } & {
  panics: TextPanic[];
  explanation: string[];
  goroutines: Open[];
  /** Numbers of those. */
  readonly ids: Set<number>;
  /** True once a thread handed over to the next: the same goroutines may follow again. */
  relayed: boolean;
};

/** A line that waits for its place: a call, or what created the goroutine. */
type Pending = { readonly at: number } & (
  | { readonly kind: 'call'; readonly call: CallLine }
  | { readonly kind: 'creator'; readonly creator: NonNullable<ReturnType<typeof parseCreator>> }
);

function emptyDraft(textLine: number): Draft {
  return {
    textLine,
    panics: [],
    fatal: undefined,
    signal: undefined,
    bySignal: false,
    explanation: [],
    goroutines: [],
    ids: new Set(),
    registers: undefined,
    startsInside: false,
    endsInside: false,
    relayed: false,
  };
}

/** Reads the lines of one process. */
export class CrashReader {
  /** Lines that are not the runtime's, and those on which a report of the race detector begins. */
  readonly strange: LineRange[] = [];
  readonly races: number[] = [];
  private readonly lines: LogLines;
  private readonly texts: readonly string[];
  private readonly done: CrashText[] = [];
  private draft: Draft = emptyDraft(0);
  private readonly frames = new Map<string, TextFrame>();
  /** Behind the last line that is not empty. */
  private readonly end: number;
  private at = 0;
  private current: Open | undefined;
  private pending: Pending | undefined;
  /** Explanations behind a stack: of this crash, or of one that follows. */
  private late: { readonly at: number; readonly text: string }[] = [];
  /** True if the last line was the one between threads. */
  private afterRelay = false;

  constructor(lines: LogLines) {
    this.lines = lines;
    this.texts = lines.texts;
    this.end = lines.texts.findLastIndex((line) => line.trim() !== '') + 1;
  }

  /** The crashes, in the order of the lines. */
  read(): readonly CrashText[] {
    for (; this.at < this.end; this.at++) {
      const line = this.texts[this.at] ?? '';
      if (line.trim() === '') {
        this.dropPending();
        continue;
      }
      const isRelay = line === RELAY;
      if (isRelay) this.draft.relayed = true;
      else if (!this.isOfStack(line) && !this.isMessage(line)) this.passOver(this.at);
      this.afterRelay = isRelay;
    }
    this.draft.endsInside = this.pending !== undefined || this.current?.frames.length === 0;
    if (this.current?.unavailable === true) this.draft.endsInside = false;
    this.dropPending();
    this.finish();
    return this.done;
  }

  private get number(): number {
    return numberOf(this.lines, this.at);
  }

  private passOver(at: number): void {
    const number = numberOf(this.lines, at);
    const last = this.strange.at(-1);
    if (last !== undefined && (last[1] === number || last[1] === number - 1))
      this.strange[this.strange.length - 1] = [last[0], number];
    else this.strange.push([number, number]);
    if (this.texts[at] === 'WARNING: DATA RACE') this.races.push(number);
  }

  /** Keeps the crash that was read, if there was one, and begins another. */
  private finish(): void {
    const { relayed: _relayed, ids: _ids, ...crash } = this.draft;
    const isCrash =
      crash.panics.length > 0 || crash.fatal !== undefined || crash.bySignal || crash.goroutines.length > 0;
    const nextStarts = this.late.findIndex(({ at }) => at >= this.at - LONGEST_EXPLANATION);
    const ofNext = nextStarts < 0 ? [] : this.late.splice(nextStarts);
    crash.explanation.push(...this.late.map(({ text }) => text));
    if (isCrash) this.done.push(crash);
    const isEnd = this.at >= this.end;
    if (isEnd) crash.explanation.push(...ofNext.map(({ text }) => text));
    this.draft = emptyDraft(this.number);
    this.draft.explanation.push(...ofNext.map(({ text }) => text));
    this.late = [];
    this.current = undefined;
  }

  /** A message behind stacks is that of another crash, unless a thread has handed over to the next. */
  private beginMessage(): void {
    if (this.draft.goroutines.length > 0 && !this.afterRelay) this.finish();
    this.touch();
  }

  private touch(): void {
    if (this.draft.textLine === 0) this.draft.textLine = this.number;
  }

  private isOfStack(line: string): boolean {
    if (this.opens(line)) return true;
    if (this.current === undefined) this.opensInside(line);
    if (this.current === undefined) return false;
    return this.isFrame(line, this.current) || this.isRemark(line, this.current) || this.isRegister(line);
  }

  /** Lines that begin a stack. */
  private opens(line: string): boolean {
    const header = parseHeader(line);
    const profiled = header === undefined ? parseProfileHead(line) : undefined;
    const isRuntime = line === 'runtime stack:';
    const head = header ?? profiled?.head ?? (isRuntime ? namelessHead(RUNTIME_STACK) : undefined);
    if (head === undefined) return false;
    // A goroutine that was there begins another dump.
    if (header !== undefined && header.id !== 0 && !this.draft.relayed && this.draft.ids.has(header.id)) this.finish();
    this.begin(emptyStack(head, this.number, profiled?.count ?? 1));
    return true;
  }

  /** A frame before any head of a stack: the text begins inside one. */
  private opensInside(line: string): void {
    if ((parseCall(line) ?? parseCreator(line)) === undefined) return;
    if (parsePlace(this.texts[this.at + 1] ?? '', true)?.offset === undefined) return;
    this.draft.startsInside = true;
    this.begin(emptyStack(namelessHead(''), this.number, 1));
  }

  private begin(goroutine: Open): void {
    this.dropPending();
    this.touch();
    this.current = goroutine;
    this.draft.goroutines.push(goroutine);
    if (goroutine.id !== undefined) this.draft.ids.add(goroutine.id);
  }

  private isFrame(line: string, goroutine: Open): boolean {
    const place = parsePlace(line, this.pending?.at === this.at - 1);
    if (place !== undefined) return this.place(place, goroutine);
    const profiled = parseProfileFrame(line);
    if (profiled !== undefined) {
      goroutine.frames.push(profiled);
      return true;
    }
    const creator = parseCreator(line);
    const call = creator === undefined ? parseCall(line) : undefined;
    if (creator === undefined && call === undefined) return false;
    this.dropPending();
    if (creator !== undefined) this.pending = { kind: 'creator', creator, at: this.at };
    else if (call !== undefined) this.pending = { kind: 'call', call, at: this.at };
    return true;
  }

  /** Puts a place and the line that waited for it together. */
  private place(place: PlaceLine, goroutine: Open): boolean {
    const { pending } = this;
    this.pending = undefined;
    if (pending === undefined || this.at - pending.at > MOST_BETWEEN + 1) return false;
    if (pending.kind === 'creator') goroutine.createdBy = { ...pending.creator, file: place.file, line: place.line };
    else {
      if (goroutine.frames.length === 0 && isOwnStack(pending.call.function)) this.setApart(goroutine);
      goroutine.frames.push(this.frame(pending.at, pending.call, place));
    }
    return true;
  }

  /** A frame; one object for all stacks that have the same lines. */
  private frame(at: number, call: CallLine, place: PlaceLine): TextFrame {
    const key = `${this.texts[at] ?? ''}\n${this.texts[this.at] ?? ''}`;
    let frame = this.frames.get(key);
    if (frame === undefined) {
      frame = { ...call, ...place };
      if (this.frames.size >= MOST_FRAMES) this.frames.clear();
      this.frames.set(key, frame);
    }
    return frame;
  }

  /** Makes a stack that follows others a crash text of its own. */
  private setApart(goroutine: Open): void {
    const { goroutines } = this.draft;
    if (goroutines.length < 2 || goroutines.pop() !== goroutine) return;
    this.finish();
    this.draft.textLine = goroutine.textLine;
    this.current = goroutine;
    this.draft.goroutines.push(goroutine);
  }

  /** What looked like a call and has no place was none. */
  private dropPending(): void {
    if (this.pending !== undefined) this.passOver(this.pending.at);
    this.pending = undefined;
  }

  private isRemark(line: string, goroutine: Open): boolean {
    const elided = /^\.\.\.(?:(\d{1,12})|additional) frames elided\.\.\.$/.exec(line);
    const native = /^non-Go function at pc=(0x[0-9a-f]+)$/.exec(line);
    const labels = parseProfileLabels(line);
    if (elided?.[1] !== undefined) goroutine.elided += Number(elided[1]);
    else if (elided !== null) goroutine.cutOff = true;
    else if (/^\s+goroutine running on other thread; stack unavailable$/.test(line)) goroutine.unavailable = true;
    else if (labels !== undefined) goroutine.labels = labels;
    else if (native !== null) goroutine.frames.push({ ...NATIVE, pc: native[1] });
    else return /^\[originating from goroutine \d+\]:$/.test(line);
    return true;
  }

  private isRegister(line: string): boolean {
    const register = parseRegister(line);
    if (register === undefined) return false;
    // The first thread's are those of the crash.
    const registers: Record<string, string> = { ...this.draft.registers };
    registers[register[0]] ??= register[1];
    this.draft.registers = registers;
    return true;
  }

  private isMessage(line: string): boolean {
    const fault = parseFault(line);
    if (fault !== undefined) this.draft.signal ??= fault;
    else if (/^(?:runtime: |unexpected fault address )/.test(line)) this.explain(line);
    else if (!this.isSignal(line) && !this.isFatal(line) && !this.isPanic(line)) {
      if (/^goroutine profile: total \d/.test(line)) this.beginMessage();
      else return /^(?:signal arrived during cgo execution|instruction bytes:|exit status \d+$)/.test(line);
    }
    return true;
  }

  private explain(line: string): void {
    if (this.draft.goroutines.length > 0) this.late.push({ at: this.at, text: line });
    else this.draft.explanation.push(line);
  }

  /** `SIGQUIT: quit`, and the line below it. */
  private isSignal(line: string): boolean {
    const place = this.draft.bySignal ? parseSignalPlace(line) : undefined;
    if (place !== undefined) {
      const { signal } = this.draft;
      if (signal?.pc === undefined) this.draft.signal = { name: signal?.name ?? '', ...place };
      return true;
    }
    const title = /^(SIG[A-Z0-9]{2,8}): [a-z].*$/.exec(line.slice(0, 200));
    if (title === null) return false;
    // Threads that take their turn print the signal that made them.
    if (this.afterRelay) return true;
    this.beginMessage();
    this.draft.bySignal = true;
    this.draft.signal ??= { name: title[1] ?? '', code: '', address: undefined, pc: undefined };
    return true;
  }

  private isFatal(line: string): boolean {
    const fatal = /^\s*fatal error: (.*)$/.exec(line);
    if (fatal === null) return false;
    this.beginMessage();
    const text = this.rest(fatal[1] ?? '');
    this.draft.fatal ??= text;
    return true;
  }

  private isPanic(line: string): boolean {
    const served = /http: panic serving \S+: (.*)$/.exec(line.slice(0, 2000));
    const panic = served === null ? parsePanic(line) : undefined;
    if (served === null && panic === undefined) return false;
    const last = this.draft.panics.at(-1);
    // One panic of several has a tab before it, or follows one that was recovered.
    if (last !== undefined && (served !== null || (!/^\s/.test(line) && !last.recovered))) this.finish();
    this.beginMessage();
    if (served !== null)
      this.draft.panics.push({ text: this.rest(served[1] ?? ''), recovered: true, repanicked: false });
    else this.draft.panics.push(unmarked(this.rest(/panic: (.*)$/.exec(line)?.[1] ?? '')));
    return true;
  }

  /** The text of a message goes on until an empty line, or until what the runtime prints behind it. */
  private rest(first: string): string {
    const lines = [first];
    while (lines.length < MOST_TEXT_LINES) {
      const next = this.texts[this.at + 1];
      if (next === undefined || next.trim() === '' || isOwnLine(next)) break;
      this.at++;
      // Since Go 1.23 continued lines begin with a tab.
      lines.push(next.replace(/^\t/, ''));
    }
    return lines.join('\n');
  }
}

/** The head of a stack that is no goroutine's, or whose head is missing. */
function namelessHead(status: string): StackHead {
  return { id: undefined, status, minutes: undefined, lockedToThread: false, marks: [], labels: undefined };
}

function emptyStack(head: StackHead, textLine: number, count: number): Open {
  const { id, status, minutes, lockedToThread, marks, labels } = head;
  return {
    id,
    count,
    status,
    minutes,
    lockedToThread,
    marks,
    labels,
    frames: [],
    elided: 0,
    cutOff: false,
    createdBy: undefined,
    unavailable: false,
    textLine,
  };
}

const NATIVE: TextFrame = {
  function: 'non-Go function',
  arguments: '',
  inlined: false,
  file: '',
  line: 0,
  offset: undefined,
  fp: undefined,
  sp: undefined,
  pc: undefined,
};

/** Lines of the runtime that end a message's text. */
function isOwnLine(line: string): boolean {
  return (
    /^\s*(?:panic|fatal error): |^runtime stack:$|^exit status \d+$|^\[recovered\]/.test(line) ||
    parseFault(line) !== undefined ||
    parseHeader(line) !== undefined
  );
}
