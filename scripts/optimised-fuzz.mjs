// node scripts/optimised-fuzz.mjs [--programs N] [--seed N] [--go VERSION]: random Go programs, built optimised and with -N -l. Both die
// at the same place, so every variable of the optimised one must have the value that it has in the other, or carry a warning.
// Prints what differs, and counts. Needs the toolchains of scripts/go-toolchains.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBundle } from './bundle.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : process.argv[at + 1];
};
const version = option('go', '1.26');
const programs = Number(option('programs', '10'));
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

const FUNCTIONS = 14;

/** An integer expression over the names in scope. */
function expression(names, depth = 0) {
  const kind = random(depth > 2 ? 3 : 8);
  if (kind < 2 || names.length === 0) return String(random(100));
  if (kind < 4) return pick(names);
  const [a, b] = [expression(names, depth + 1), expression(names, depth + 1)];
  return `(${a} ${pick(['+', '-', '*', '^', '&', '|'])} ${b})`;
}

class FunctionWriter {
  constructor(index) {
    this.index = index;
    this.count = 0;
    this.lines = [];
  }

  line(indent, text) {
    this.lines.push('\t'.repeat(indent) + text);
  }

  /** Statements of a block; `names` are the variables that may be read, `writable` those that may be assigned to. */
  block(indent, names, writable, depth) {
    const own = [...names];
    const mine = [...writable];
    const statements = 2 + random(4);
    for (let i = 0; i < statements; i++) this.statement(indent, own, mine, depth);
    return own;
  }

  statement(indent, names, writable, depth) {
    const kind = random(12);
    if (kind < 4) {
      const name = `v${this.count++}`;
      this.line(indent, `${name} := ${expression(names)}`);
      this.line(indent, `_ = ${name}`);
      names.push(name);
      writable.push(name);
    } else if (kind < 7 && writable.length > 0) {
      this.line(indent, `${pick(writable)} ${pick(['=', '+=', '-=', '^='])} ${expression(names)}`);
    } else if (kind === 7 && depth < 3) {
      this.line(indent, `if ${expression(names)}&1 == ${random(2)} {`);
      this.block(indent + 1, names, writable, depth + 1);
      if (random(2) === 0) {
        this.line(indent, '} else {');
        this.block(indent + 1, names, writable, depth + 1);
      }
      this.line(indent, '}');
    } else if (kind === 8 && depth < 3) {
      const name = `i${this.count++}`;
      const step = pick(['++', '--', ' += 2']);
      const clause =
        step === '--'
          ? `${name} := ${2 + random(6)}; ${name} > 0; ${name}--`
          : `${name} := 0; ${name} < ${2 + random(6)}; ${name}${step}`;
      this.line(indent, `for ${clause} {`);
      this.block(indent + 1, [...names, name], writable, depth + 1);
      if (random(4) === 0)
        this.line(
          indent + 1,
          `if ${expression([...names, name])}&3 == 0 {\n${'\t'.repeat(indent + 2)}${pick(['break', 'continue'])}\n${'\t'.repeat(indent + 1)}}`,
        );
      this.line(indent, '}');
    } else if (kind === 9) {
      this.line(indent, `sink = ${expression(names)}`);
    } else if (kind === 10) {
      this.line(indent, `sink += other(${expression(names)}, ${expression(names)})`);
    } else {
      this.call(indent, names);
    }
  }

  /** The call of the next function: reached once, wherever it stands. */
  call(indent, names) {
    const guard =
      random(3) === 0 ? `${expression(names)}&1 == ${random(2)} && !down[${this.index}]` : `!down[${this.index}]`;
    this.line(indent, `if ${guard} {`);
    this.line(indent + 1, `down[${this.index}] = true`);
    const result = `r${this.count++}`;
    this.line(indent + 1, `${result} := f${this.index + 1}(${expression(names)}, ${expression(names)})`);
    this.line(indent + 1, `sink ^= ${result} + ${expression(names)}`);
    this.line(indent, '}');
  }

  text() {
    const names = ['a', 'b'];
    const own = this.block(1, names, ['a', 'b'], 0);
    // Whatever was not reached above is reached here.
    this.line(1, `if !down[${this.index}] {`);
    this.line(2, `down[${this.index}] = true`);
    this.line(2, `sink = f${this.index + 1}(${random(2) === 0 ? 'a, b' : `${expression(own)}, ${expression(own)}`})`);
    this.line(1, '}');
    this.line(1, `return ${expression(own)}`);
    return [`//go:noinline`, `func f${this.index}(a, b int) int {`, ...this.lines, '}', ''].join('\n');
  }
}

function program() {
  const parts = [
    'package main',
    '',
    `var sink int`,
    `var down [${FUNCTIONS + 2}]bool`,
    '',
    'func other(a, b int) int { return a*3 - b }',
    '',
  ];
  for (let i = 0; i < FUNCTIONS; i++) parts.push(new FunctionWriter(i).text());
  parts.push(
    '//go:noinline',
    `func f${FUNCTIONS}(a, b int) int {`,
    '\tpanic("end")',
    '}',
    '',
    'func main() {',
    '\tsink = f0(len(down), 7)',
    '}',
    '',
  );
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
  const out = spawnSync(process.execPath, [launcher, exe, join(at, core), '--json', '-e', 'bt 200 -full'], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
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
  for (const [key, { value, stale, absent, at }] of shown ?? []) {
    const real = truth.get(key);
    if (real?.value === undefined || real.stale !== undefined || real.at !== at) continue;
    if (value === undefined || absent !== undefined) counts.absent++;
    else if (value.value === real.value.value) counts[stale === undefined ? 'right' : 'rightFlagged']++;
    else {
      counts[stale === undefined ? 'wrong' : 'wrongFlagged']++;
      if (stale === undefined) {
        console.log(
          `seed ${seed} (Go ${version}): ${key} at line ${at} is shown as ${value.value}, but it is ${real.value.value}`,
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
