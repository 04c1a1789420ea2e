import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openFixture } from '../../../fixtures/fixtures.mjs';
import { ensureBundle } from '../../../scripts/bundle.mjs';
import { stageExtension } from '../../../scripts/package-vscode.mjs';
import { activate } from '../src/extension.ts';
import type { GoroutineTree, Row } from '../src/goroutine-tree.ts';
import { StubDebugger } from './stub-debugger.ts';
import { debug, DebugAdapterExecutable, type TreeItem, Uri, world } from './stub-vscode.ts';

const folder = mkdtempSync(join(tmpdir(), 'inquest-vscode-'));
let editor = new StubDebugger();
let command = '';

beforeAll(async () => {
  const launcher = await ensureBundle();
  command = join(folder, 'inquest');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${launcher}' "$@"\n`, { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

beforeEach(() => {
  editor = new StubDebugger();
  Object.assign(world, { panels: [], opened: [], errors: [], chosen: undefined });
  world.settings = { path: command };
  world.startDebugging = (configuration) => editor.start(configuration);
  debug.activeDebugSession = undefined;
  activate({ subscriptions: [], extensionPath: folder } as never);
});
afterEach(() => editor.stop());

const run = (name: string, ...args: unknown[]): Promise<unknown> =>
  Promise.resolve(world.commands.get(name)?.(...args));
const tree = (): GoroutineTree => world.registered.get('tree inquest.goroutines') as GoroutineTree;

async function openFixtureIn(id: string): Promise<void> {
  world.chosen = [Uri.file(openFixture(id).core)];
  const configuration = { program: openFixture(id).exe, coreFilePath: openFixture(id).core, name: id };
  const shown = new Promise<void>((resolve) => {
    tree().onDidChangeTreeData(() => resolve());
  });
  expect(await world.startDebugging({ type: 'inquest', request: 'launch', ...configuration })).toBe(true);
  await shown;
}

/** The labels of all rows, children indented below their parents. */
async function outline(rows: readonly Row[], depth = 2, indent = ''): Promise<string[]> {
  const lines: string[] = [];
  for (const row of rows) {
    lines.push(`${indent}${row.label}${row.description === undefined ? '' : ` | ${row.description}`}`);
    if (depth > 0 && row.children !== undefined)
      lines.push(...(await outline(await tree().getChildren(row), depth - 1, `${indent}  `)));
  }
  return lines;
}

describe('the extension', () => {
  it('shows the crash, the waits and the goroutines of a core', async () => {
    await openFixtureIn('blocked/go1.27/default');
    expect(world.contexts.get('inquest.active')).toBe(true);
    const lines = await outline(await tree().getChildren());
    expect(lines[0]).toMatch(/^goroutine \d+ died \| main\./);
    expect(lines[1]).toMatch(/^ {2}main\./);
    expect(lines).toContainEqual(expect.stringMatching(/^Goroutines \| \d+, in \d+ groups of the same calls$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}20 × \[chan receive\] \| main\.receive blocked\.go:19$/));
    expect(lines).toContainEqual(expect.stringMatching(/^ {2}\d+ × receive from /));
    expect(lines).toContainEqual(expect.stringMatching(/^ {4}goroutine \d+ \|/));
    expect(lines.filter((line) => line.includes('undefined'))).toEqual([]);
  });

  it('opens the source of a frame by a click', async () => {
    await openFixtureIn('sum/go1.27/default');
    const [died] = await tree().getChildren();
    const [first] = await tree().getChildren(died);
    const item = tree().getTreeItem(first!) as unknown as TreeItem & {
      command: { command: string; arguments: unknown[] };
    };
    await run(item.command.command, ...item.command.arguments);
    expect(world.opened).toEqual([{ file: expect.stringMatching(/sum\/main\.go$/), line: 11 }]);
  });

  it('opens a core that is chosen, and its report', async () => {
    world.chosen = [Uri.file(openFixture('sum/go1.27/default').core)];
    await run('inquest.openCore');
    expect(world.errors).toEqual([]);
    await run('inquest.showReport');
    const [panel] = world.panels;
    expect(panel?.title).toBe('Report: core');
    expect(panel?.webview.html).toMatch(/^<!doctype html>[^]*<h1>panic: [^]*<\/html>\s*$/);
    expect(panel?.webview.html).not.toContain('<script');
  });

  it('shows the report where a core is clicked on, and the reason where it is none', async () => {
    const provider = world.registered.get('editor inquest.core') as {
      openCustomDocument(uri: unknown): unknown;
      resolveCustomEditor(document: unknown, panel: unknown): Promise<void>;
    };
    const click = async (path: string): Promise<string> => {
      const panel = { webview: { html: '' } };
      await provider.resolveCustomEditor(provider.openCustomDocument(Uri.file(path)), panel);
      return panel.webview.html;
    };
    expect(await click(openFixture('sum/go1.27/default').core)).toContain('<h1>panic: ');
    const sessions = editor.started.length;
    expect(await click(openFixture('sum/go1.27/default').core)).toContain('<h1>panic: ');
    expect(editor.started.length).toBe(sessions);
    writeFileSync(join(folder, 'core.1'), 'no core <b>');
    expect(await click(join(folder, 'core.1'))).toMatch(
      /^<!doctype html><meta charset="utf-8"><p>.*core\.1.*(?:core|ELF)/,
    );
  });

  it('says so where nothing is chosen or open', async () => {
    await run('inquest.openCore');
    expect(editor.started).toEqual([]);
    await run('inquest.showReport');
    expect(world.errors).toEqual(['Inquest: no core is open: Inquest: Open Go Core opens one']);
    expect(await tree().getChildren()).toEqual([]);
  });

  it('fills in configurations', async () => {
    const provider = world.registered.get('configuration inquest') as {
      resolveDebugConfiguration(folder: unknown, given: object): Promise<unknown>;
      resolveDebugConfigurationWithSubstitutedVariables(folder: unknown, given: object): unknown;
    };
    expect(await provider.resolveDebugConfiguration(undefined, {})).toBe(undefined);
    world.chosen = [Uri.file('/a/core')];
    expect(await provider.resolveDebugConfiguration(undefined, {})).toEqual({
      type: 'inquest',
      request: 'launch',
      name: 'Go core',
      mode: 'core',
      coreFilePath: '/a/core',
    });
    const given = { program: 'bin/x', coreFilePath: '/a/core', cwd: '/w' };
    expect(provider.resolveDebugConfigurationWithSubstitutedVariables(undefined, given)).toEqual({
      program: '/w/bin/x',
      coreFilePath: '/a/core',
      cwd: '/w',
    });
  });
});

describe('the package', () => {
  it('holds the command, which opens cores without a Node of its own', async () => {
    const package_ = join(folder, 'package');
    await stageExtension(package_);
    const manifest = JSON.parse(readFileSync(join(package_, 'package.json'), 'utf8')) as { main: string };
    expect(readFileSync(join(package_, manifest.main), 'utf8')).toContain('inquest.openCore');
    world.settings = {};
    activate({ subscriptions: [], extensionPath: package_ } as never);
    await openFixtureIn('sum/go1.27/default');
    expect(editor.started[0]).toEqual(
      new DebugAdapterExecutable(process.execPath, [join(package_, 'inquest/bin/inquest.cjs'), 'dap', '--stdio'], {
        env: { ELECTRON_RUN_AS_NODE: '1' },
      }),
    );
  });

  it('declares what the code registers', () => {
    interface Manifest {
      contributes: {
        commands: { command: string }[];
        views: { debug: { id: string }[] };
        customEditors: { viewType: string }[];
        debuggers: { type: string }[];
      };
    }
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as Manifest;
    const { commands, views, customEditors, debuggers } = manifest.contributes;
    expect(commands.map((each) => each.command).toSorted()).toEqual([...world.commands.keys()].toSorted());
    expect(world.registered.has(`tree ${views.debug[0]?.id}`)).toBe(true);
    expect(world.registered.has(`editor ${customEditors[0]?.viewType}`)).toBe(true);
    expect(world.registered.has(`adapter ${debuggers[0]?.type}`)).toBe(true);
  });
});
