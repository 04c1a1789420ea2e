import { isAbsolute, join } from 'node:path';
import * as vscode from 'vscode';

/** Fills in what a launch configuration leaves open; asks for the core where none is named. */
export class Configurations implements vscode.DebugConfigurationProvider {
  provideDebugConfigurations(): vscode.DebugConfiguration[] {
    return [
      { name: 'Go core', type: 'inquest', request: 'launch', mode: 'core', coreFilePath: '${workspaceFolder}/core' },
    ];
  }

  /** Undefined where the user chose no core: nothing is started then. */
  async resolveDebugConfiguration(
    _folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): Promise<vscode.DebugConfiguration | undefined> {
    const filled: vscode.DebugConfiguration = {
      ...given,
      type: 'inquest',
      request: given.request === '' || given.request === undefined ? 'launch' : given.request,
      name: given.name === '' || given.name === undefined ? 'Go core' : given.name,
      mode: (given['mode'] as string | undefined) ?? 'core',
    };
    if (typeof filled['coreFilePath'] === 'string' && filled['coreFilePath'] !== '') return filled;
    const core = await chooseCore();
    return core === undefined ? undefined : { ...filled, coreFilePath: core.fsPath };
  }

  /** Relative paths are meant from the folder of the configuration. */
  resolveDebugConfigurationWithSubstitutedVariables(
    folder: vscode.WorkspaceFolder | undefined,
    given: vscode.DebugConfiguration,
  ): vscode.DebugConfiguration {
    const base = (given['cwd'] as string | undefined) ?? folder?.uri.fsPath;
    const filled = { ...given };
    for (const key of ['program', 'coreFilePath']) {
      const path: unknown = given[key];
      if (typeof path === 'string' && path !== '' && !isAbsolute(path) && base !== undefined)
        filled[key] = join(base, path);
    }
    return filled;
  }
}

export async function chooseCore(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Open a core dump of a Go program',
    openLabel: 'Open Core',
    canSelectMany: false,
  });
  return chosen?.[0];
}

/** A session for a core, without a launch configuration. */
export function configurationFor(core: vscode.Uri): vscode.DebugConfiguration {
  const name = core.path.slice(core.path.lastIndexOf('/') + 1);
  return { type: 'inquest', request: 'launch', mode: 'core', name, coreFilePath: core.fsPath };
}
