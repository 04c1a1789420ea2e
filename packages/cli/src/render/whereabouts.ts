import type { FrameResult, ReportResult } from '@inquest/engine';

/** Who died where, in parts of a sentence: `goroutine 7` `died in` frame, and what follows. */
export interface Whereabouts {
  /** Undefined where nothing is known of the process. */
  readonly who: string | undefined;
  /** Before the frame; '' where there is none and nothing to say. */
  readonly verb: string;
  /** The frame where the user's code failed, else the innermost one. */
  readonly frame: FrameResult | undefined;
  readonly end: string;
  /** What is said of the frame where it stands among others. */
  readonly mark: string;
}

/** Who died, or got the signal, or should have gone on, and where. */
export function whereabouts(report: ReportResult): Whereabouts {
  const { cause, stack, userFrame } = report;
  const frame = userFrame === undefined ? stack?.frames[0] : stack?.frames.find(({ index }) => index === userFrame);
  if (cause.kind === 'signal' && cause.goroutine === undefined && frame?.plumbing !== false) return idle(report, frame);
  if (cause.death === 'deadlock') return deadlocked(report, frame);
  const died = cause.kind === 'none' ? 'was' : 'died';
  const verb = frame === undefined ? '' : `${died} ${isBelow(report, frame) ? 'in C code called by' : 'in'}`;
  const mark = cause.kind === 'none' ? 'it was here' : cause.death === 'quit' ? 'the signal came here' : 'failed here';
  return { who: runner(report, frame), verb, frame, end: '', mark };
}

/** `goroutine 7`; the thread where no goroutine ran. */
function runner({ cause }: ReportResult, frame: FrameResult | undefined): string | undefined {
  if (cause.goroutine !== undefined) return `goroutine ${cause.goroutine}`;
  if (cause.thread !== undefined) return `thread ${cause.thread}`;
  return frame === undefined ? undefined : 'the process';
}

/** Whether it failed in C code without lines, and the frame is of the Go function that called that. */
function isBelow({ cause, stack }: ReportResult, frame: FrameResult): boolean {
  const isNative = (each: FrameResult): boolean => each.index < frame.index && each.stack === 'native';
  const inC = cause.death === 'fault-in-c' || cause.death === 'abort';
  return inC && frame.stack === 'goroutine' && stack?.frames.some(isNative) === true;
}

/** The signal found a thread that ran no goroutine, as those of a program that waits do. */
function idle({ cause }: ReportResult, frame: FrameResult | undefined): Whereabouts {
  const verb = frame === undefined ? 'got the signal' : 'got the signal in';
  return {
    who: `thread ${cause.thread ?? '?'}`,
    verb,
    frame,
    end: '; it ran no goroutine',
    mark: 'the signal came here',
  };
}

/** No goroutine ran: the main one is told, as the one that should have gone on. */
function deadlocked({ stack, cause }: ReportResult, frame: FrameResult | undefined): Whereabouts {
  const first = stack?.goroutine;
  if (first !== undefined && frame?.plumbing === false)
    return { who: `goroutine ${first}`, verb: 'waits in', frame, end: '', mark: 'waits here' };
  const end = `; thread ${cause.thread ?? '?'} reported it`;
  return { who: 'no goroutine', verb: 'was running', frame: undefined, end, mark: 'reported here' };
}
