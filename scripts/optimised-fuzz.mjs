// node scripts/optimised-fuzz.mjs [--programs N] [--seed N] [--go VERSION] [--sources no]: random Go programs, built optimised and
// with -N -l. Both die at the same place, so every variable of the optimised one must have the value that it has in the other, or
// carry a warning. Prints what differs, and counts. Needs the toolchains of scripts/go-toolchains. Without sources, what is shown
// rests on the machine code alone.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBundle } from './bundle.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const version = option('go', '1.26');
const programs = Number(option('programs', '10'));
const hasSources = option('sources', 'yes') !== 'no';
const toolchains = process.env.GO_TOOLCHAINS ?? join(homedir(), '.cache/go-toolchains');
const go = join(toolchains, `go${version}`, 'bin/go');
let state = Number(option('seed', '1')) >>> 0;

/** Xorshift: the same programs for the same seed. */
function random(below) {
  state ^= state << 13;
  state >>>= 0;
  state ^= state >>> 17;
  state ^= state << 5;
  state >>>= 0;
  return state % below;
}
const pick = (list) => list[random(list.length)];

const FUNCTIONS = 40;

/** An integer expression over the names in scope. */
function expression(names, depth = 0) {
  const kind = random(depth > 2 ? 3 : 8);
  if (kind < 2 || names.length === 0) return String(random(100));
  if (kind < 4) return pick(names);
  const [a, b] = [expression(names, depth + 1), expression(names, depth + 1)];
  return `(${a} ${pick(['+', '-', '*', '^', '&', '|'])} ${b})`;
}

/** What a block sees: integers that may be read, those that may be assigned to, texts, truth values, the loops around. */
const copyOf = (seen) => ({
  names: [...seen.names],
  writable: [...seen.writable],
  texts: [...seen.texts],
  truths: [...seen.truths],
  floats: [...seen.floats],
  loops: [...seen.loops],
});

const WORDS = ['"zero"', '"one"', '"two"', '"three"', '""'];

class FunctionWriter {
  constructor(index) {
    this.index = index;
    this.count = 0;
    this.lines = [];
  }

  line(indent, text) {
    this.lines.push('\t'.repeat(indent) + text);
  }

  fresh(letter) {
    return `${letter}${this.count++}`;
  }

  condition(seen) {
    if (seen.truths.length > 0 && random(3) === 0) return `${random(2) === 0 ? '!' : ''}${pick(seen.truths)}`;
    if (random(2) === 0) return `${expression(seen.names)}&1 == ${random(2)}`;
    return `${expression(seen.names)} ${pick(['<', '>', '==', '!='])} ${expression(seen.names)}`;
  }

  /** Statements of a block. */
  block(indent, around, depth) {
    const seen = copyOf(around);
    const statements = 2 + random(4);
    for (let i = 0; i < statements; i++) this.statement(indent, seen, depth);
    return seen;
  }

  statement(indent, seen, depth) {
    const kind = random(22);
    if (kind < 4) this.declaration(indent, seen);
    else if (kind < 8) this.assignment(indent, seen);
    else if (kind === 8) this.other(indent, seen);
    else if (kind < 11 && depth < 3) this.ifElse(indent, seen, depth);
    else if (kind < 13 && depth < 3) this.counting(indent, seen, depth);
    else if (kind === 13 && depth < 3) this.endless(indent, seen, depth);
    else if (kind === 14 && depth < 3) this.ranging(indent, seen, depth);
    else if (kind === 15 && depth < 3) this.switching(indent, seen, depth);
    else if (kind === 16) this.line(indent, `sink = ${expression(seen.names)}`);
    else if (kind < 19) this.line(indent, `sink += other(${expression(seen.names)}, ${expression(seen.names)})`);
    else this.call(indent, seen);
  }

  declaration(indent, seen) {
    const name = this.fresh('v');
    const form = random(8);
    if (form === 0) this.line(indent, `var ${name} int`);
    else if (form === 1) {
      const second = this.fresh('v');
      this.line(indent, `${name}, ${second} := ${expression(seen.names)}, ${expression(seen.names)}`);
      this.line(indent, `_ = ${second}`);
      seen.names.push(second);
      seen.writable.push(second);
    } else if (form === 2) this.line(indent, `${name} := other(${expression(seen.names)}, ${expression(seen.names)})`);
    else this.line(indent, `${name} := ${expression(seen.names)}`);
    this.line(indent, `_ = ${name}`);
    seen.names.push(name);
    seen.writable.push(name);
  }

  assignment(indent, seen) {
    const { writable, names } = seen;
    if (writable.length === 0) return;
    const form = random(8);
    if (form === 0) this.line(indent, `${pick(writable)}${pick(['++', '--'])}`);
    else if (form === 1 && writable.length > 1) {
      const [a, b] = [pick(writable), pick(writable)];
      if (a !== b) this.line(indent, `${a}, ${b} = ${pick([b, expression(names)])}, ${pick([a, expression(names)])}`);
    } else if (form === 2)
      this.line(indent, `${pick(writable)} ${pick(['=', '+='])} other(${expression(names)}, ${expression(names)})`);
    else this.line(indent, `${pick(writable)} ${pick(['=', '+=', '-=', '^='])} ${expression(names)}`);
  }

  /** Variables of other types. */
  other(indent, seen) {
    const form = random(6);
    if (form === 0 || (form === 1 && seen.texts.length === 0)) {
      const name = this.fresh('s');
      this.line(indent, `${name} := ${pick(WORDS)}`);
      this.line(indent, `_ = ${name}`);
      seen.texts.push(name);
    } else if (form === 1) this.line(indent, `${pick(seen.texts)} = ${pick([...WORDS, ...seen.texts])}`);
    else if (form === 2 && seen.texts.length > 0) this.line(indent, `textSink = ${pick(seen.texts)}`);
    else if (form === 3) {
      const name = this.fresh('t');
      this.line(indent, `${name} := ${this.condition(seen)}`);
      this.line(indent, `_ = ${name}`);
      seen.truths.push(name);
    } else if (form === 4) {
      const name = this.fresh('x');
      this.line(indent, `${name} := float64(${expression(seen.names)}) / 4`);
      this.line(indent, `_ = ${name}`);
      seen.floats.push(name);
    } else if (seen.floats.length > 0)
      this.line(indent, `${pick(seen.floats)} ${pick(['=', '+=', '*='])} ${pick([...seen.floats, '1.5'])}`);
  }

  ifElse(indent, seen, depth) {
    this.line(indent, `if ${this.condition(seen)} {`);
    this.block(indent + 1, seen, depth + 1);
    while (random(3) === 0) {
      this.line(indent, `} else if ${this.condition(seen)} {`);
      this.block(indent + 1, seen, depth + 1);
    }
    if (random(2) === 0) {
      this.line(indent, '} else {');
      this.block(indent + 1, seen, depth + 1);
    }
    this.line(indent, '}');
  }

  /** The body of a loop, and ways out of it. */
  loopBody(indent, seen, depth, names) {
    const around = copyOf(seen);
    around.names.push(...names);
    const head = this.lines.length - 1 - (names.length > 1 ? 1 : 0);
    const label = random(4) === 0 ? this.fresh('L') : undefined;
    if (label !== undefined) {
      this.lines.splice(head, 0, `${label}:`);
      around.loops.push(label);
    }
    const inner = this.block(indent + 1, around, depth + 1);
    const used = around.loops.filter((each) => this.lines.some((line) => line.endsWith(` ${each}`)));
    const out = label !== undefined && !used.includes(label) ? label : random(4) === 0 ? '' : undefined;
    if (out !== undefined) {
      this.line(indent + 1, `if ${expression(inner.names)}&3 == 0 {`);
      if (random(2) === 0) this.assignment(indent + 2, around);
      this.line(indent + 2, `${pick(['break', 'continue'])} ${out}`.trimEnd());
      this.line(indent + 1, '}');
    }
    return inner;
  }

  counting(indent, seen, depth) {
    const name = this.fresh('i');
    const step = pick(['++', '--', ' += 2']);
    const clause =
      step === '--'
        ? `${name} := ${2 + random(6)}; ${name} > 0; ${name}--`
        : `${name} := 0; ${name} < ${2 + random(6)}; ${name}${step}`;
    this.line(indent, `for ${clause} {`);
    this.loopBody(indent, seen, depth, [name]);
    this.line(indent, '}');
  }

  /** A loop that only `break` leaves. */
  endless(indent, seen, depth) {
    const name = this.fresh('i');
    this.line(indent, `for ${name} := 0; ; ${name}++ {`);
    const around = copyOf(seen);
    around.names.push(name);
    if (random(2) === 0) this.statement(indent + 1, around, depth + 1);
    this.line(indent + 1, `if ${name} >= ${random(5)} {`);
    if (random(3) > 0) this.assignment(indent + 2, around);
    this.line(indent + 2, 'break');
    this.line(indent + 1, '}');
    this.statement(indent + 1, around, depth + 1);
    this.line(indent, '}');
  }

  ranging(indent, seen, depth) {
    const [index, value] = [this.fresh('i'), this.fresh('e')];
    this.line(indent, `for ${index}, ${value} := range list {`);
    this.line(indent + 1, `_, _ = ${index}, ${value}`);
    this.loopBody(indent, seen, depth, [index, value]);
    this.line(indent, '}');
  }

  switching(indent, seen, depth) {
    this.line(indent, `switch ${expression(seen.names)} & 3 {`);
    const cases = 1 + random(3);
    for (let value = 0; value < cases; value++) {
      this.line(indent, `case ${value}:`);
      this.block(indent + 1, seen, depth + 1);
      if (value < cases - 1 && random(6) === 0) this.line(indent + 1, 'fallthrough');
    }
    if (random(2) === 0) {
      this.line(indent, 'default:');
      this.block(indent + 1, seen, depth + 1);
    }
    this.line(indent, '}');
  }

  /** The call of the next function: reached once, wherever it stands. */
  call(indent, { names }) {
    if (this.index === FUNCTIONS) {
      this.line(indent, `sink -= ${expression(names)}`);
      return;
    }
    const guard =
      random(3) === 0 ? `${expression(names)}&1 == ${random(2)} && !down[${this.index}]` : `!down[${this.index}]`;
    this.line(indent, `if ${guard} {`);
    this.line(indent + 1, `down[${this.index}] = true`);
    const result = this.fresh('r');
    this.line(indent + 1, `${result} := f${this.index + 1}(${expression(names)}, ${expression(names)})`);
    this.line(indent + 1, `sink ^= ${result} + ${expression(names)}`);
    this.line(indent, '}');
  }

  /** The last function: it dies by itself, or where the processor or a check finds a fault in it. */
  last() {
    const names = ['a', 'b'];
    const own = this.block(1, { names, writable: names, texts: [], truths: [], floats: [], loops: [] }, 1);
    const death = pick([
      'panic("end")',
      `sink = list[${expression(own.names)}|1000] + ${expression(own.names)}`,
      `sink = *nothing + ${expression(own.names)}`,
      `sink = ${expression(own.names)} / (${expression(own.names)} & (len(list) - 6))`,
      `sink = len(list[${expression(own.names)}|1000:${expression(own.names)}|2000])`,
    ]);
    this.line(1, death);
    this.line(1, `return ${expression(own.names)}`);
    return [`//go:noinline`, `func f${this.index}(a, b int) int {`, ...this.lines, '}', ''].join('\n');
  }

  text() {
    const isNamed = random(3) === 0;
    const names = isNamed ? ['a', 'b', 'result'] : ['a', 'b'];
    const own = this.block(1, { names, writable: names, texts: [], truths: [], floats: [], loops: [] }, 0);
    // Whatever was not reached above is reached here.
    this.line(1, `if !down[${this.index}] {`);
    this.line(2, `down[${this.index}] = true`);
    const passed = random(2) === 0 ? 'a, b' : `${expression(own.names)}, ${expression(own.names)}`;
    this.line(2, `sink = f${this.index + 1}(${passed})`);
    this.line(1, '}');
    this.line(1, isNamed && random(2) === 0 ? 'return' : `return ${expression(own.names)}`);
    const signature = `func f${this.index}(a, b int) ${isNamed ? '(result int)' : 'int'} {`;
    return [`//go:noinline`, signature, ...this.lines, '}', ''].join('\n');
  }
}

function program() {
  const parts = [
    'package main',
    '',
    `var sink int`,
    `var textSink string`,
    `var nothing *int`,
    `var list = []int{3, 1, 4, 1, 5, 9}`,
    `var down [${FUNCTIONS + 2}]bool`,
    '',
    'func other(a, b int) int { return a*3 - b }',
    '',
  ];
  for (let i = 0; i < FUNCTIONS; i++) parts.push(new FunctionWriter(i).text());
  const last = new FunctionWriter(FUNCTIONS);
  parts.push(last.last(), 'func main() {', '\tsink = f0(len(down), 7)', '}', '');
  return parts.join('\n');
}

const launcher = await ensureBundle();
const folder = mkdtempSync(join(tmpdir(), 'inquest-optimised-'));
const env = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  GOTOOLCHAIN: 'local',
  GOFLAGS: '',
  GO111MODULE: 'off',
  CGO_ENABLED: '0',
  GOCACHE: join(tmpdir(), 'inquest-optimised-cache'),
};

/** The variables of all frames of the program, by function and name. */
function variables(name, flags) {
  const at = join(folder, name);
  mkdirSync(at);
  const exe = join(at, 'exe');
  execFileSync(go, ['build', '-ldflags=-compressdwarf=false', ...flags, '-o', exe, join(folder, 'main.go')], {
    env,
    stdio: 'inherit',
  });
  spawnSync('bash', ['-c', 'ulimit -c unlimited; exec "$0"', exe], { cwd: at, env: { GOTRACEBACK: 'crash' } });
  const core = readdirSync(at).find((file) => file.startsWith('core'));
  if (core === undefined) return undefined;
  if (!hasSources) renameSync(join(folder, 'main.go'), join(folder, 'hidden'));
  const out = spawnSync(process.execPath, [launcher, exe, join(at, core), '--json', '-e', 'bt 200 -full'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (!hasSources) renameSync(join(folder, 'hidden'), join(folder, 'main.go'));
  const { data } = JSON.parse(out.stdout.split('\n')[0]);
  const found = new Map();
  for (const frame of data.frames) {
    if (!/^main\.f\d+$/.test(frame.function)) continue;
    for (const variable of [...frame.arguments, ...frame.locals])
      if (!variable.shadowed && !variable.name.startsWith('~'))
        found.set(`${frame.function} ${variable.name}`, { ...variable, at: frame.line });
  }
  return found;
}

const counts = { right: 0, rightFlagged: 0, wrongFlagged: 0, wrong: 0, absent: 0 };
for (let i = 0; i < programs; i++) {
  const seed = state;
  writeFileSync(join(folder, 'main.go'), program());
  const truth = variables('noopt', ['-gcflags=all=-N -l']);
  const shown = truth && variables('default', []);
  if (process.env.FUZZ_DEBUG) console.log(truth?.size, shown?.size);
  for (const [key, { value, stale, absent, at, from }] of shown ?? []) {
    const real = truth.get(key);
    if (real?.value === undefined || real.stale !== undefined || real.at !== at) continue;
    if (value === undefined || absent !== undefined) counts.absent++;
    else if (value.value === real.value.value) counts[stale === undefined ? 'right' : 'rightFlagged']++;
    else {
      counts[stale === undefined ? 'wrong' : 'wrongFlagged']++;
      if (stale === undefined) {
        console.log(
          `seed ${seed} (Go ${version}): ${key} at line ${at} is shown as ${value.value}, but it is ${real.value.value}; from ${from}`,
        );
        writeFileSync(
          join(tmpdir(), `inquest-optimised-${version}-${seed}.go`),
          execFileSync('cat', [join(folder, 'main.go')]),
        );
      }
    }
  }
  for (const name of ['noopt', 'default']) rmSync(join(folder, name), { recursive: true, force: true });
}
rmSync(folder, { recursive: true, force: true });
console.log(`Go ${version}: ${JSON.stringify(counts)}`);
process.exitCode = counts.wrong > 0 ? 1 : 0;
