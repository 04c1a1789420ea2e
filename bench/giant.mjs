// A program as large as those of production: its sources are generated, a package of types and functions at a time.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How many packages there are, in how many layers, each of which calls the one below; and what each package holds. */
const PACKAGES = 240;
const LAYERS = 24;
const TYPES = 20;
const FUNCTIONS = 360;

const PER_LAYER = PACKAGES / LAYERS;
const FIELD_TYPES = [
  'int',
  'string',
  '[]byte',
  'map[string]int',
  'float64',
  'error',
  '[]string',
  'func(int) error',
  '*int',
];

const nameOf = (number) => `part${String(number).padStart(3, '0')}`;

/** A struct of a package, with methods. */
function typeText(number) {
  const fields = Array.from({ length: 4 + (number % 5) }, (_, i) => {
    const type = FIELD_TYPES[(number * 7 + i * 5) % FIELD_TYPES.length];
    return `\tField${i} ${type}`;
  });
  const before = number === 0 ? 'Record0' : `Record${number - 1}`;
  return `// Record${number} is a type of its own.
type Record${number} struct {
${fields.join('\n')}
	Next *${before}
	Many map[string]*${before}
}

func (r *Record${number}) Size() int {
	total := len(r.Many)
	for key, next := range r.Many {
		if next != nil {
			total += len(key)
		}
	}
	return total
}

func (r Record${number}) String() string {
	text := "record ${number}"
	if r.Next != nil {
		text += " with another"
	}
	return text + strconv.Itoa(r.Size())
}
`;
}

/** A function of a package: some of everything that a compiler describes. */
function functionText(number) {
  const record = `Record${number % TYPES}`;
  return `func work${number}(in int, words []string) (out int, err error) {
	held := &${record}{Many: map[string]*Record${Math.max(0, (number % TYPES) - 1)}{}}
	total := in * ${number + 3}
	for i, word := range words {
		length := len(word) + i
		if length > total {
			err = errors.New(word + " of ${number}")
			return length, err
		}
		total += largest(length, in) - held.Size()
	}
	if described := held.String(); len(described) > total {
		last := described[len(described)-1]
		total += int(last)
	}
	return total, nil
}
`;
}

/** A package that calls those of the layer below. */
function packageText(number) {
  const layer = Math.floor(number / PER_LAYER);
  const below = layer === 0 ? [] : [0, 1].map((i) => nameOf((layer - 1) * PER_LAYER + ((number + i * 3) % PER_LAYER)));
  const imports = ['errors', 'fmt', 'strconv', ...below.map((name) => `giant/${name}`)];
  const work = Array.from({ length: FUNCTIONS }, (_, i) => `work${i}`);
  const records = Array.from({ length: TYPES }, (_, i) => `&Record${i}{}`);
  const next =
    layer === 0
      ? '\tpanic(fmt.Sprint("the bottom was reached with ", total, " of ", len(words)))'
      : below
          .map(
            (name, i) =>
              `\t${i === 0 ? '' : 'if total < 0 {\n\t\t'}total += ${name}.Descend(total, words)${i === 0 ? '' : '\n\t}'}`,
          )
          .join('\n');
  return `package ${nameOf(number)}

import (
${imports.map((name) => `\t"${name}"`).join('\n')}
)

func largest[T int | float64](a, b T) T {
	if a > b {
		return a
	}
	return b
}

${Array.from({ length: TYPES }, (_, i) => typeText(i)).join('\n')}
${Array.from({ length: FUNCTIONS }, (_, i) => functionText(i)).join('\n')}
var all = []func(int, []string) (int, error){${work.join(', ')}}

// Records are of all types.
var Records = []fmt.Stringer{${records.join(', ')}}

// Descend works, and goes on in the layer below.
//
//go:noinline
func Descend(total int, words []string) int {
	record := Record${number % TYPES}{}
	label := fmt.Sprintf("part ${number} of %d", len(all))
	seen := map[string]int{label: total}
	for i, work := range all[:2] {
		out, err := work(total, words)
		if err != nil {
			seen[err.Error()] = i
			continue
		}
		total += out % 1000
	}
${next}
	fmt.Println(record, seen, len(Records), strconv.Itoa(total), errors.New(label))
	return total
}
`;
}

const GO_MOD = 'module giant\n\ngo 1.21\n';

function mainText() {
  const top = Array.from({ length: PER_LAYER }, (_, i) => nameOf(PACKAGES - PER_LAYER + i));
  return `// Program giant is as large as those of production, and panics at the bottom of its layers.
package main

import (
	"os"
${top.map((name) => `\t"giant/${name}"`).join('\n')}
)

func main() {
	words := append([]string{"a", "list", "of", "words"}, os.Args...)
	total := 0
${top.map((name) => `\ttotal += ${name}.Descend(total, words)`).join('\n')}
	println(total)
}
`;
}

/** Writes the program's sources into a folder. */
export function writeGiant(folder) {
  writeFileSync(join(folder, 'go.mod'), GO_MOD);
  writeFileSync(join(folder, 'main.go'), mainText());
  for (let number = 0; number < PACKAGES; number++) {
    mkdirSync(join(folder, nameOf(number)), { recursive: true });
    writeFileSync(join(folder, nameOf(number), 'part.go'), packageText(number));
  }
}
