/**
 * Texts of errors that the runtime raises (runtime/error.go, panic.go, chan.go), whole: with numbers and type names in them, and
 * nothing that a program could have put there.
 */
const RUNTIME_WORDS: readonly RegExp[] = [
  /^runtime error: invalid memory address or nil pointer dereference$/,
  /^runtime error: (?:index|slice bounds) out of range \[[-\d:]*\](?: with (?:length|capacity) \d+)?$/,
  /^runtime error: cannot convert slice with length \d+ to array or pointer to array with length \d+$/,
  /^runtime error: integer (?:divide by zero|overflow)$/,
  /^runtime error: (?:floating point error|negative shift amount|unsafe pointer conversion)$/,
  /^runtime error: (?:makeslice|makechan|growslice|makemap): [a-z ]+ out of range$/,
  /^(?:runtime error: )?panic called with nil argument \(use GODEBUG=panicnil=1 to disable\)$/,
  /^assignment to entry in nil map$/,
  /^(?:close of (?:closed|nil) channel|send on closed channel|all goroutines are asleep - deadlock!)$/,
  /^nil$/,
];

/** True if a text can only be the runtime's own words. */
export function isRuntimeWords(text: string): boolean {
  // The runtime adds marks in brackets and the name of a goroutine's end behind a line feed.
  const [first = ''] = text.split('\n');
  const plain = first.replace(/ \[(?:recovered|repanicked|recovered, repanicked)\]$/, '');
  return text === first && RUNTIME_WORDS.some((pattern) => pattern.test(plain));
}
