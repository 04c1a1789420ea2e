import type { FieldResult, MethodResult, Page, WhatisResult } from '@inquest/engine';
import { sanitize } from '../output/sanitize.ts';
import type { Style } from '../output/style.ts';

/** `whatis`: Delve's lines first, and what it does not tell behind them. */
export function renderWhatis(result: WhatisResult, style: Style): string[] {
  const lines: string[] = [];
  if (!result.isType) {
    lines.push(sanitize(result.type));
    if (result.dynamicType !== undefined) lines.push(`Concrete type: ${sanitize(result.dynamicType)}`);
    if (result.stale !== undefined)
      lines.push(style.paint.yellow(`(the value may be stale: ${sanitize(result.stale)})`));
    if (result.location !== undefined) lines.push(`location: ${sanitize(result.location)}`);
  }
  if (result.kind === 'nil') return lines;
  lines.push(`${result.kind} type, size: ${bytes(result.size)}, align: ${result.align}`);
  const { underlying } = result;
  if (underlying !== undefined && underlying !== result.kind) lines.push(`Defined as: ${sanitize(underlying)}`);
  lines.push(...section('Fields', fieldLines(result.fields)));
  lines.push(
    ...section(
      'Constants',
      result.constants.map(({ name, value }) => `${sanitize(name)} = ${value}`),
    ),
  );
  lines.push(...section('Methods', result.methods.map(methodLine)));
  lines.push(...names('Implemented by', result.implementers, 'no type of the program'));
  const interfaces = result.implements && {
    ...result.implements,
    items: result.implements.items.map(({ name, pointer }) => (pointer ? `${name} (by pointers to it)` : name)),
  };
  lines.push(...names('Implements', interfaces, undefined));
  return lines;
}

function bytes(size: number): string {
  return `${size} ${size === 1 ? 'byte' : 'bytes'}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `\t${line}`)];
}

function fieldLines(fields: readonly FieldResult[]): string[] {
  const width = Math.max(0, ...fields.map(({ name }) => name.length));
  const types = Math.max(0, ...fields.map(({ type }) => type.length));
  return fields.map(({ name, type, offset, size, embedded, bits }) => {
    const place =
      bits === undefined
        ? `offset ${offset}, ${bytes(size)}`
        : `offset ${offset}, bits ${bits.at} to ${bits.at + bits.size - 1}`;
    return `${sanitize(name).padEnd(width)}  ${sanitize(type).padEnd(types)}  ${place}${embedded ? ', embedded' : ''}`;
  });
}

function methodLine({ name, type, pointer, function: func }: MethodResult): string {
  const signature = type === undefined ? '' : `  ${sanitize(type)}`;
  if (func !== undefined) return `${sanitize(func)}${signature}`;
  return `${sanitize(name)}${signature}${pointer ? '  (of the pointer)' : ''}`;
}

function names(title: string, page: Page<string> | undefined, none: string | undefined): string[] {
  if (page === undefined) return [];
  if (page.total === 0) return none === undefined ? [] : [`${title}: ${none}`];
  const more = page.truncated ? [`… and ${page.total - page.items.length} more`] : [];
  return section(title, [...page.items.map(sanitize), ...more]);
}
