import type { DebugProtocol } from '@vscode/debugprotocol';
import {
  formatCount,
  liveGlobals,
  packageOf,
  type Call,
  type FrameVariable,
  type RegistersResult,
} from '@inquest/engine';
import type { CoreView, FrameMeaning } from './core-view.ts';
import { frameVariables } from './frame-variables.ts';
import { goroutineMembers } from './goroutine-members.ts';
import { liveVariable } from './live-variables.ts';
import { textVariable, type Container } from './variables.ts';

/** Answers `scopes`. */
export function scopesOf(view: CoreView, frameId: number): DebugProtocol.Scope[] {
  const frame = view.frame(frameId);
  const own =
    frame.selection === undefined ? [] : view.inFrame(frameId, () => frameScopes(view, frameId, view.session.call()));
  return [...own, ...groupScope(view, frame)];
}

function frameScopes(view: CoreView, frameId: number, call: Call): DebugProtocol.Scope[] {
  const variables = view.session.variables.of(call) ?? [];
  const scope = (name: string, hint: string, isWanted: (variable: FrameVariable) => boolean): DebugProtocol.Scope => {
    const container = (): Container => ({
      frameId,
      named: (showing) =>
        view.inFrame(frameId, () => frameVariables(view.session, `frame ${frameId} `, showing, isWanted)),
    });
    const reference = register(view, `${frameId} ${name}`, container);
    const count = variables.filter(isWanted).length;
    return { name, presentationHint: hint, variablesReference: reference, namedVariables: count, expensive: false };
  };
  const scopes = [
    scope('Arguments', 'arguments', (variable) => variable.class !== 'local'),
    scope('Locals', 'locals', (variable) => variable.class === 'local'),
  ];
  const { showGlobalVariables, showRegisters } = view.view;
  if (showGlobalVariables !== false) {
    const packagePath = call.frame.found === undefined ? 'C' : packageOf(call.name);
    const reference = register(view, `globals ${packagePath}`, () => globals(view, packagePath));
    scopes.push({ name: `Globals (package ${packagePath})`, variablesReference: reference, expensive: true });
  }
  if (showRegisters !== false) {
    const reference = register(view, `${frameId} registers`, () => registers(view, frameId));
    scopes.push({ name: 'Registers', presentationHint: 'registers', variablesReference: reference, expensive: true });
  }
  return scopes;
}

function register(view: CoreView, key: string, make: () => Container): number {
  return view.containers.numberOf(`scope ${key}`, make);
}

function globals(view: CoreView, packagePath: string): Container {
  const { session } = view;
  // A package whose path is no name is written in quotes.
  const written = /^\w+$/.test(packagePath) ? packagePath : JSON.stringify(packagePath);
  return {
    named(showing) {
      const key = `global ${packagePath}.`;
      const out = [...liveGlobals(session, packagePath)].map(({ name, value, absent }) =>
        liveVariable(showing, key + name, { name, value, absent, path: `${written}.${name}` }),
      );
      if (out.length > 0 || session.program.main?.hasDwarf === true) return out;
      return [textVariable('', '(the executable has no DWARF, so it names no variables)')];
    },
  };
}

function registers(view: CoreView, frameId: number): Container {
  return {
    frameId,
    named: () => {
      const all = view.inFrame(frameId, () => view.ask<RegistersResult>('regs', { a: true }));
      const out = all.registers.map(({ name, value, meaning, note }): DebugProtocol.Variable => {
        const behind = [...meaning, ...(note === undefined ? [] : [note])].join('  ');
        return {
          name,
          value: behind === '' ? value : `${value}  ${behind}`,
          evaluateName: name.toUpperCase(),
          variablesReference: 0,
          // Wider ones hold no address, and nothing is at 0.
          ...(value.length <= 18 && Number(value) !== 0 ? { memoryReference: value } : {}),
        };
      });
      if (all.unknown.length === 0) return out;
      return [...out, textVariable('(not known)', `${all.unknown.join(' ')}: ${all.reason ?? ''}`)];
    },
  };
}

/** The goroutines that are shown as one thread. */
function groupScope(view: CoreView, { group }: FrameMeaning): DebugProtocol.Scope[] {
  if (group === undefined) return [];
  return [
    {
      name: `Goroutines with this stack (${formatCount(group.count)})`,
      variablesReference: register(view, `group ${group.ids[0]}`, () => goroutineMembers(view, group.ids)),
      indexedVariables: group.count,
      expensive: true,
    },
  ];
}
