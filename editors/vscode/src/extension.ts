// Opens core dumps of Go programs in VS Code. All that is shown comes from `inquest dap`, by the protocol's own requests and
// by its custom ones.
import * as vscode from 'vscode';
import { chooseCore, configurationFor, Configurations } from './configuration.ts';
import { DebugAdapter } from './debug-adapter.ts';
import { GoroutineTree } from './goroutine-tree.ts';
import { CoreEditor, showReport } from './report-view.ts';
import { Sessions } from './sessions.ts';

export function activate(context: vscode.ExtensionContext): void {
  const sessions = new Sessions();
  const tree = new GoroutineTree();
  const follow = (): void => {
    const session = sessions.current();
    tree.show(session);
    void vscode.commands.executeCommand('setContext', 'inquest.active', session !== undefined);
  };
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory('inquest', new DebugAdapter(context.extensionPath)),
    vscode.debug.registerDebugConfigurationProvider('inquest', new Configurations()),
    vscode.debug.registerDebugAdapterTrackerFactory('inquest', sessions),
    vscode.window.registerTreeDataProvider('inquest.goroutines', tree),
    vscode.window.registerCustomEditorProvider('inquest.core', new CoreEditor(sessions)),
    sessions.onChange(follow),
    vscode.debug.onDidChangeActiveDebugSession(follow),
    command('inquest.openCore', async (core?: vscode.Uri) => {
      const chosen = core ?? (await chooseCore());
      if (chosen !== undefined) await sessions.start(configurationFor(chosen));
    }),
    command('inquest.showReport', async () => {
      const session = sessions.current();
      if (session === undefined) throw new Error('no core is open: Inquest: Open Go Core opens one');
      await showReport(session);
    }),
    command('inquest.refresh', follow),
    command('inquest.openFrame', openPlace),
  );
}

/** A command whose failure is told in a sentence. */
function command<Arguments extends unknown[]>(
  name: string,
  run: (...args: Arguments) => Promise<void> | void,
): vscode.Disposable {
  return vscode.commands.registerCommand(name, async (...args: Arguments) => {
    try {
      await run(...args);
    } catch (error) {
      await vscode.window.showErrorMessage(`Inquest: ${error instanceof Error ? error.message : String(error)}`);
    }
  });
}

async function openPlace({ file, line }: { readonly file: string; readonly line: number }): Promise<void> {
  const at = new vscode.Position(Math.max(0, line - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(at, at), preview: true });
}
