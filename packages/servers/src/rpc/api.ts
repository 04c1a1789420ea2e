// What Delve's JSON-RPC, version 2, sends: names and order of fields are Delve's (1.27, service/api).

/** A function of the program. */
export interface DelveFunction {
  readonly name: string;
  /** First address. */
  readonly value: number;
  readonly type: 0;
  readonly goType: 0;
  readonly optimized: boolean;
}

export interface DelveLocation {
  readonly pc: number;
  readonly file: string;
  readonly line: number;
  readonly function?: DelveFunction;
  /** All addresses, where a location was asked for that may have several. */
  readonly pcs?: readonly number[];
  readonly pcpids?: readonly number[];
}

export interface DelveFrame extends DelveLocation {
  readonly Locals: readonly DelveVariable[] | null;
  readonly Arguments: readonly DelveVariable[] | null;
  /** Bytes from the top of the goroutine's stack. */
  readonly FrameOffset: number;
  readonly FramePointerOffset: number;
  readonly Defers: readonly DelveDefer[];
  /** The stack ends here as it should. */
  readonly Bottom?: true;
  readonly Err: string;
}

/** A call that a frame deferred. */
export interface DelveDefer {
  readonly DeferredLoc: DelveLocation;
  readonly DeferLoc: DelveLocation;
  readonly SP: number;
  readonly Unreadable: string;
}

/** Bits of `DelveVariable.flags`. */
export const FLAG = {
  escaped: 1,
  shadowed: 2,
  constant: 4,
  argument: 8,
  result: 16,
  fakeAddress: 32,
  cPointer: 64,
} as const;

export interface DelveVariable {
  readonly name: string;
  /** 0 where it has none. */
  readonly addr: number;
  /** Nothing but the address is known: it was not looked at. */
  readonly onlyAddr: boolean;
  readonly type: string;
  readonly realType: string;
  readonly flags: number;
  /** reflect.Kind, of which Delve's integers have but two: int and uint. */
  readonly kind: number;
  readonly value: string;
  /** The bytes of a string that is not UTF-8, in base64. */
  readonly StringValueBytes: string | null;
  readonly len: number;
  readonly cap: number;
  readonly children: readonly DelveVariable[] | null;
  readonly base: number;
  /** Why there is no value; '' where there is one. */
  readonly unreadable: string;
  readonly LocationExpr: string;
  readonly DeclLine: number;
}

export interface DelveThread {
  readonly id: number;
  readonly pc: number;
  readonly file: string;
  readonly line: number;
  readonly function?: DelveFunction;
  readonly goroutineID: number;
  readonly ReturnValues: null;
  readonly CallReturn: false;
}

export interface DelveGoroutine {
  readonly id: number;
  readonly currentLoc: DelveLocation;
  readonly userCurrentLoc: DelveLocation;
  readonly goStatementLoc: DelveLocation;
  readonly startLoc: DelveLocation;
  readonly threadID: number;
  /** The runtime's number (runtime2.go). */
  readonly status: number;
  readonly waitSince: number;
  /** The number of that Go release. */
  readonly waitReason: number;
  readonly unreadable: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface DelveState {
  readonly Pid: number;
  readonly TargetCommandLine: string;
  readonly Running: false;
  readonly Recording: false;
  readonly CoreDumping: false;
  readonly currentThread?: DelveThread;
  readonly currentGoroutine?: DelveGoroutine;
  readonly Threads: readonly DelveThread[];
  readonly NextInProgress: false;
  readonly WatchOutOfScope: null;
  readonly exited: false;
  readonly exitStatus: 0;
  readonly When: '';
  readonly stopReason: 'attached';
}

export interface DelveRegister {
  readonly Name: string;
  readonly Value: string;
  readonly DwarfNumber: number;
}

export interface DelveInstruction {
  readonly Loc: DelveLocation;
  readonly DestLoc: DelveLocation | null;
  readonly Text: string;
  /** Base64. */
  readonly Bytes: string;
  readonly Breakpoint: false;
  readonly AtPC: boolean;
}

export interface DelveGroup {
  readonly Name: string;
  /** Where its members begin in the list of goroutines, and how many are there. */
  readonly Offset: number;
  readonly Count: number;
  readonly Total: number;
}
