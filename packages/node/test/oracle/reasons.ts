import type { Difference, Reason } from './differences.ts';

const withoutFlag = ({ inquest }: Difference): string => inquest.replace(/^\(stale\) /, '');

/** Only the line differs, not function and file. */
const sameButLine = ({ inquest, delve }: Difference): boolean =>
  inquest.replace(/:\d+$/, '') === delve.replace(/:\d+$/, '');

const NEXT_LINE =
  'the line of the call that is under way, or of the very instruction that was interrupted, as Go prints it; Delve takes a return address for an interrupted one and the other way round';
const SIGNAL_FRAMES = 'the frames of the signal handler and all that it interrupted; Delve leaves some out';
const NO_LONGER_THERE =
  'the value is not known here, and that is said; Delve shows what lies in the register or the slot now, or zero for parts that have no place';
const UNREADABLE_ONCE = 'of a list whose memory is missing that is said once, not for each of the first elements';
const ELIDED =
  'Go 1.18 to 1.20 elide type arguments in their function table, where our names are from; Delve takes them from DWARF';
const INLINED =
  'an inlined function is called by its own name; Delve takes the line of the inlined one and the name of the one around it';
const CHANNELS = 'the items in the buffer of a channel are shown, and that it is closed';
const C_TYPES = 'types of C: the parameters of functions, and the word struct';

/** Why Inquest's answer is the right one where it is not Delve's. The first that fits a difference counts. */
export const REASONS: readonly Reason[] = [
  {
    kind: 'variable',
    inquest: /^\(stale\) /,
    when: (difference) => withoutFlag(difference) === difference.delve,
    reason: 'the same value, but flagged: an optimised program may have a newer one elsewhere; Delve never tells',
  },
  {
    kind: 'variable',
    inquest: /^\(absent: /,
    delve: /^\(no such variable\)$/,
    reason: 'a variable that was optimised away is listed with the reason; Delve leaves some of them out',
  },
  { kind: 'variable', inquest: /^\(absent: /, reason: NO_LONGER_THERE },
  {
    kind: 'variable',
    delve: /^(\(unreadable: |\(no such variable\)$)/,
    reason: 'a value that Delve does not have',
  },
  {
    kind: 'variable',
    delve: /, cap: 0, \[|\(unknown int\)$|^""$/,
    reason: 'parts without a recorded place are followed through the machine code; Delve takes them for zero',
  },
  {
    kind: 'variable',
    function: /^internal\/poll\.\(\*pollDesc\)/,
    name: /^isFile$/,
    inquest: /^(\(stale\) )?true$/,
    reason: 'a pipe of os.Pipe is a file: Delve reads a register that the called function has overwritten',
  },
  { kind: 'variable', inquest: /\(unreadable\)/, reason: NO_LONGER_THERE },
  {
    kind: 'variable',
    inquest: /^(\(stale\) )?\*?(main\.\w+ \{\w+: )?(<-)?chan .*(\]|\(closed\))/,
    reason: CHANNELS,
  },
  { kind: 'global', name: /^context\.closedchan$/, inquest: / \(closed\)$/, reason: CHANNELS },
  { kind: 'variable', inquest: /^(\(stale\) )?\*main\.server \{.*, jobs: chan main\.job \d+\/4 \[/, reason: CHANNELS },
  {
    kind: 'variable',
    inquest: /^(\(stale\) )?chan .* {2}\(the channel's items have \d+ bytes, not \d+\)$/,
    reason: 'what lies there now is another channel, and that is said',
  },
  {
    kind: 'variable',
    name: /^ticker$/,
    inquest: /chan time\.Time 0\/0/,
    delve: /chan time\.Time 0\/1/,
    reason: 'len and cap of the channel of a timer are 0 since Go 1.23, whatever room it has',
  },
  {
    kind: 'variable',
    name: /^\./,
    inquest: /^\(no such variable\)$/,
    reason: 'variables that the compiler made up are not listed',
  },
  {
    kind: 'variable',
    function: /^runtime\.(chansend|gopanic)$/,
    inquest: /^(\(stale\) |true$)/,
    reason:
      'flagged, because the machine code may hold another value here; where the sources are at hand they tell the right one',
  },
  {
    kind: 'variable',
    fixture: /^crash\/.*\/(mutual|memory)$/,
    function: /^(main\.(odd|even)|runtime\.\(\*mcache\)\.allocLarge)$/,
    reason: 'an argument as the caller passed it; Delve reads a slot that nothing has written yet',
  },
  {
    kind: 'variable',
    inquest: /\.param\d+ \{/,
    reason: 'Go 1.21 names the parameter of a dictionary where there is no other name',
  },
  {
    kind: 'variable',
    fixture: /^cgocrash/,
    function: /^(work|start)$/,
    name: /^n$/,
    inquest: /^4$/,
    reason: 'a parameter in C, which is 4: Delve reads the registers of another frame',
  },
  {
    kind: 'global',
    name: /^(main\.(chan\w+|gChan)|runtime\.main_?[iI]nit_?[dD]one(Chan)?)$/,
    reason: 'the items in the buffer of a channel are shown, and that it is closed',
  },
  {
    kind: 'global',
    name: /^main\.floatZero$/,
    inquest: /^-0$/,
    reason: 'Delve sends numbers without the sign of zero',
  },
  { kind: 'global', name: /^runtime\.mheap_$/, reason: UNREADABLE_ONCE },
  {
    kind: 'global',
    name: /^runtime\.pdEface$/,
    inquest: /nil$/,
    reason:
      'pointers to types outside the heap are not stored in interfaces themselves; Delve takes the address of the pointer for it',
  },
  {
    kind: 'global',
    name: /^runtime\.(slice|string|uint16|uint32|uint64)Eface$/,
    delve: /could not resolve interface type/,
    reason: 'types without an entry in DWARF are read from the descriptors of the runtime',
  },
  { kind: 'global', name: /^(_cgo_yield|x_cgo_\w+|cgo_\w+_function|runtime_init_(cond|mu))$/, reason: C_TYPES },
  {
    kind: 'expression',
    inquest: /^(?!Command failed)/,
    delve: /^Command failed: /,
    reason:
      'more of Go: literals of all kinds, short type names, conversions, comparisons with interfaces, three indices, infinities',
  },
  {
    kind: 'expression',
    inquest:
      /^Command failed: (the (exponent|shift count|operator|constant) |nil cannot be compared |\w+ has no order|\w+ is ambiguous|\S+ is a type, |(NaN|Infinity) is no number |real cannot |mismatched types )/,
    reason: 'no Go: its compiler refuses this, or the result would be nonsense; Delve answers all the same',
  },
  {
    kind: 'expression',
    name: /^[-^]g?\w+$|^1 << u8$/,
    reason: 'results have the width of their type; Delve forgets to cut some',
  },
  {
    kind: 'expression',
    name: /^(f32|f64) (==|\+) /,
    reason: 'floats are computed with as the program computes, in 32 or 64 bits; Delve computes exactly',
  },
  {
    kind: 'expression',
    name: /^gComplex128 \/ gComplex128$/,
    reason: 'the division of complex numbers in Go gives -0 here',
  },
  {
    kind: 'expression',
    name: /^(main\.)?(red|green|blue|flagA)$/,
    reason: 'a constant of a named type is shown by its name as values of the type are',
  },
  {
    kind: 'expression',
    name: /^\w+\.(Sum|String|Name|Error)$/,
    reason: 'a method is shown by its name; Delve adds variables that it does not have',
  },
  { kind: 'expression', name: /^complex\(/, delve: /^$/, reason: 'Delve prints nothing' },
  {
    kind: 'expression',
    name: /^len\(many\[190:\]\)$/,
    reason: 'the length of what is left of a map behind its first entries',
  },
  { kind: 'expression', name: /^\[\]byte\(""\)$/, reason: 'a converted string is not nil in Go' },
  { kind: 'expression', name: /^gNilChan$/, reason: 'a nil channel is shown as nil' },
  { kind: 'stack', when: sameButLine, reason: NEXT_LINE },
  {
    kind: 'stack',
    inquest:
      /^(runtime\.sigtramp |runtime\.sigreturn|runtime\.dieFromSignal |runtime\.systemstack_switch |runtime\.morestack |\? :0|<signal handler called> |__restore_rt)/,
    delve: /^\(no frame\)$/,
    reason: SIGNAL_FRAMES,
  },
  {
    kind: 'stack',
    inquest: /^(syscall\.RawSyscall6|main\.main|main\.more|main\.even|main\.odd|main\.[\w.]+\.(gowrap|func)\d+) /,
    delve: /^\(no frame\)$/,
    reason:
      'the frames below an interrupted one; Delve looks up the instruction before it, which is of another function, or ends there',
  },
  {
    kind: 'stack',
    fixture: /^(blocked|truth|waits)/,
    function: /^(internal\/|runtime\/internal\/)?(runtime\/)?(syscall|runtime|linux).*/,
    when: ({ inquest, delve }) => inquest === '(no frame)' || delve === '(no frame)',
    reason:
      'a goroutine in a system call is shown where it entered it, as Go prints it; Delve shows where its thread is',
  },
  { kind: 'stack', fixture: /^cgocrash/, reason: 'frames of C' },
  { kind: 'stack', inquest: /\[\.\.\.\]/, reason: ELIDED },
  { kind: 'funcs', name: /\[\.\.\.\]|go\.shape|^type\.\.(eq|hash)\./, reason: ELIDED },
  { kind: 'goroutine', name: /^(user|current)$/, when: sameButLine, reason: NEXT_LINE },
  { kind: 'goroutine', name: /^start$/, delve: /^time\.Sleep /, reason: INLINED },
  {
    kind: 'goroutine',
    name: /^(user|current)$/,
    when: ({ inquest, delve }) => inquest.split(' ')[1] === delve.split(' ')[1],
    reason: INLINED,
  },
  {
    kind: 'goroutine',
    name: /^(user|current)$/,
    function: /^(sync\.\(\*Mutex\)\.(Lock|Unlock)|sync\.runtime_notifyListWait|runtime\.Gosched)$/,
    reason: INLINED,
  },
  {
    kind: 'goroutine',
    name: /^(user|current)$/,
    function: /syscall\.(Raw)?Syscall6?$|^runtime\.systemstack_switch$/,
    reason:
      'a goroutine in a system call is shown where it entered it, as Go prints it; Delve shows where its thread is',
  },
  { kind: 'goroutine', fixture: /^cgocrash/, name: /^current$/, delve: /^\(none\)$/, reason: 'frames of C' },
  { kind: 'goroutine', fixture: /^cgocrash/, name: /^user$/, reason: 'the Go function that called C' },
  {
    kind: 'goroutine',
    name: /^start$/,
    delve: /\.(gowrap\d+|func\d+[\w.]*|\w*·dwrap·\d+) |^runtime\.gcenable/,
    reason:
      'the function that the go statement names; Delve names the wrapper that the compiler made around it in the runtime',
  },
  {
    kind: 'goroutines',
    when: ({ inquest, delve }) =>
      `${inquest} `.replace(/\b(17|18) /, '') === `${delve} `.replace(/\b17 /, '').replace(/\b18 /, ''),
    reason: 'the spare goroutine for threads of C has ended, or never ran; Delve lists it because its state is new',
  },
  { kind: 'types', name: /^C\._cgo_argtype$/, reason: 'a type of C without a Go name' },
  { kind: 'sources', name: /^\?$|<built-in>$/, reason: 'an entry that is no file' },
];
