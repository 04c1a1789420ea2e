import type { MemoryResult, RegistersResult, TargetsResult } from '@inquest/engine';
import { quoteGo } from '@inquest/engine';
import { pad } from './place.ts';
import { sanitize, sanitizeLines } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** `examinemem`, in Delve's layout: three spaces behind each column. */
export function renderMemory(memory: MemoryResult, style: Style): string[] {
  const { rows, problem } = memory;
  const lines =
    memory.format === 'raw' ? rawLines(memory) : memory.format === 'string' ? stringLines(memory, style) : columns();
  return problem === undefined ? lines : [...lines, style.paint.yellow(`(${sanitize(problem)})`)];

  function columns(): string[] {
    const width = Math.max(0, ...rows.map(({ values }) => Math.max(...values.map((value) => value.length))));
    return rows.map(({ address, values, note }) => {
      const behind = note === undefined ? '' : style.paint.dim(sanitize(note));
      return `${rowAddress(address, memory)}${values.map((value) => `${value.padStart(width)}   `).join('')}${behind}`;
    });
  }
}

/** Addresses of one dump have the same length: that of the last. */
function rowAddress(address: string, { end }: MemoryResult): string {
  return `0x${address.slice(2).padStart(end.length - 2, '0')}:   `;
}

function stringLines(memory: MemoryResult, style: Style): string[] {
  return memory.rows.map(({ address, values, note }) => {
    const behind = note === undefined ? '' : `  ${style.paint.dim(`(${sanitize(note)})`)}`;
    return `${rowAddress(address, memory)}${values.map(quoteGo).join('')}${behind}`;
  });
}

function rawLines({ bytes }: MemoryResult): string[] {
  return sanitizeLines(Buffer.from(bytes ?? '', 'hex').toString('utf8'));
}

/** `regs`, in Delve's layout, with the code that an address is in behind it. */
export function renderRegisters({ registers, unknown, reason, frame }: RegistersResult, style: Style): string[] {
  const width = Math.max(0, ...registers.filter(({ name }) => !name.startsWith('YMM')).map(({ name }) => name.length));
  const lines = registers.map(({ name, value, meaning, note }) => {
    const head = name.startsWith('YMM') ? `\t[${name}] ${value}` : `${name.padStart(width)} = ${value}`;
    return `${[head, ...meaning].join('\t')}${note === undefined ? '' : `  ${style.paint.dim(sanitize(note))}`}`;
  });
  if (unknown.length > 0)
    lines.push(style.paint.dim(`(not known in frame ${frame}, as ${reason ?? 'nothing tells'}: ${unknown.join(' ')})`));
  return lines;
}

/** `target`: the process, marked as selected. */
export function renderTargets({ processes }: TargetsResult): string[] {
  return processes.map(({ pid, selected, commandLine, executable, core, threads }) => {
    const parts = [commandLine, executable].flatMap((part) => (part === undefined ? [] : [sanitize(part)]));
    const head = `${selected ? '*' : ' '} ${pad(String(pid ?? '?'), 8)}`;
    return `${head}${[...parts, `core ${sanitize(core)}`, `${threads} threads`].join('   ')}`;
  });
}
