import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';

/** Starts `inquest dap` for a session: the command of the setting, else the one that is packed with the extension. */
export class DebugAdapter implements vscode.DebugAdapterDescriptorFactory {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  createDebugAdapterDescriptor(): vscode.DebugAdapterDescriptor {
    const path = vscode.workspace.getConfiguration('inquest').get<string>('path', '');
    if (path !== '') return new vscode.DebugAdapterExecutable(path, ['dap', '--stdio']);
    const packed = join(this.folder, 'inquest', 'bin', 'inquest.cjs');
    if (!existsSync(packed)) return new vscode.DebugAdapterExecutable('inquest', ['dap', '--stdio']);
    // The editor itself is a Node, and needs no other on the machine.
    return new vscode.DebugAdapterExecutable(process.execPath, [packed, 'dap', '--stdio'], {
      env: { ELECTRON_RUN_AS_NODE: '1' },
    });
  }
}
