import type { Operation } from './operation.ts';
import type { Aliases } from './settings.ts';

/** The table with a user's aliases in it, by command. A name that is given goes before one that a command came with. */
export function withAliases(operations: readonly Operation[], aliases: Aliases): readonly Operation[] {
  const owners = new Map<Operation, string[]>();
  const given = new Set<string>();
  const names = new Set(operations.map(({ name }) => name));
  for (const [command, words] of Object.entries(aliases)) {
    const operation =
      operations.find(({ name }) => name === command) ?? operations.find((each) => each.aliases.includes(command));
    if (operation === undefined) continue;
    for (const word of words) {
      if (names.has(word) || given.has(word)) continue;
      given.add(word);
      owners.set(operation, [...(owners.get(operation) ?? []), word]);
    }
  }
  if (given.size === 0) return operations;
  return operations.map((operation) => {
    const own = operation.aliases.filter((alias) => !given.has(alias));
    const more = owners.get(operation);
    return more === undefined && own.length === operation.aliases.length
      ? operation
      : { ...operation, aliases: [...own, ...(more ?? [])] };
  });
}
