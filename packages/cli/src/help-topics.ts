/** A page of help that is not about one command. */
export interface Topic {
  readonly name: string;
  readonly summary: string;
  readonly text: string;
  /** Other words that lead here. */
  readonly also?: readonly string[];
}

/** The pages, by name. */
export const TOPICS: readonly Topic[] = [
  {
    name: 'expressions',
    summary: 'What print, display, symbol and x understand',
    text: `Go expressions, evaluated in the selected frame of the selected goroutine.

x  x.f  x.f[3]  *p  &x          variables, fields through pointers and interfaces, elements
pkg.Var  "full/path".Var        package variables and constants
m["key"]  m[main.K{1, 2}]       entries of maps
s[64:128]  m[64:]               parts of long values; a slice also beyond its length, up to its capacity
x.(T)  x.(data)                 what an interface holds, as T or as whatever it is
T(x)  (*T)(0xc000010000)        conversions, also of addresses; types with a path in quotes: (*"a/b.T")(p)
+ - * / % & | ^ << >> == <      operators as in Go, with its types and its overflow
len cap real imag complex min max
runtime.curg  runtime.frame(2).x    the current goroutine, a variable of another frame
RAX  RSP  XMM0                  registers of the frame

A value that cannot be known says why. Functions cannot be called: nothing runs.`,
  },
  {
    name: 'locations',
    summary: 'How places in the program are named: list, disassemble, edit',
    text: `42                    a line of the file of the selected frame
+3  -3                lines after or before the current one
main.go:42            a line of a file; as much of its path as tells it apart
main.main             a function, also by the end of its name: (*Server).Serve, Serve
main.main:3           a line of a function, counted from its start
/regex/               all functions that match
*0x48a3f0  *expr      an address`,
  },
  {
    name: 'output',
    summary: 'Sending what a command prints elsewhere',
    text: `bt > FILE             into a file; >> appends
bt | grep main        through a command of the shell
pipe print x | less   the same where > and | are operators of an expression
transcript FILE       everything from now on, as well as on the screen
--json                answers as JSON, a document a line`,
  },
  {
    name: 'gdb',
    also: ['info', 'show', 'unset', 'pipe'],
    summary: 'Habits of GDB that are understood',
    text: `info goroutines|threads|locals|args|registers|stack|frame|line|source|symbol|address|display
info functions|types|variables REGEX, info sharedlibrary, info target
print/x v   p/t v   x/20gx ADDRESS   x/s ADDRESS   x/5i ADDRESS   ptype T   where   bt full
thread apply all bt       a command in all threads; goroutine all bt in all goroutines
set print elements N      config max-array-values N
set listsize N            config source-list-line-count, half of it
set substitute-path A B   config substitute-path A B; unset substitute-path
set logging file FILE     transcript FILE; set logging off
show SETTING              config SETTING
set pagination off, set confirm off and others of this kind are taken and mean nothing; set VARIABLE is refused`,
  },
  {
    name: 'scripts',
    summary: 'Asking questions with JavaScript or TypeScript',
    text: `source FILE.js or --script FILE.js runs a script. It exports a function, which gets the session:

  export default (inquest) => {
    for (const g of inquest.goroutines()) {
      if (g.status !== 'chan receive') continue;
      inquest.print(g.id, inquest.eval('len(jobs)', { goroutine: g.id, frame: 2 }).value);
    }
  };

Every command is a function of its name (inquest.stack, inquest.locals, inquest.regs …) that returns what
--json shows. inquest.eval gives values as JavaScript's own by .value; inquest.memory reads bytes;
inquest.command runs a command line; inquest.registerCommand adds a command to the prompt.
docs/scripting.md tells the rest.`,
  },
];

/** The page with that name or beginning. */
export function findTopic(word: string): Topic | undefined {
  return (
    TOPICS.find(({ name, also }) => name === word || also?.includes(word) === true) ??
    (word.length > 3 ? TOPICS.find(({ name }) => name.startsWith(word)) : undefined)
  );
}
