import * as vscode from 'vscode';
import { configurationFor } from './configuration.ts';
import { reportPage } from './requests.ts';
import type { Sessions } from './sessions.ts';

/** Puts the report of a session beside the code, in a page that runs no scripts. */
export async function showReport(session: vscode.DebugSession): Promise<void> {
  const panel = vscode.window.createWebviewPanel(
    'inquest.report',
    `Report: ${session.name}`,
    { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    { enableScripts: false, localResourceRoots: [] },
  );
  panel.webview.html = await reportPage(session);
}

/** What a click on a core in the explorer opens: its report, and a debug session for the rest. */
export class CoreEditor implements vscode.CustomReadonlyEditorProvider {
  private readonly sessions: Sessions;

  constructor(sessions: Sessions) {
    this.sessions = sessions;
  }

  openCustomDocument(uri: vscode.Uri): vscode.CustomDocument {
    return { uri, dispose: () => undefined };
  }

  async resolveCustomEditor({ uri }: vscode.CustomDocument, panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = { enableScripts: false, localResourceRoots: [] };
    panel.webview.html = page(`Opening ${uri.fsPath} …`);
    try {
      const session = this.sessions.of(uri.fsPath) ?? (await this.sessions.start(configurationFor(uri)));
      panel.webview.html = await reportPage(session);
    } catch (error) {
      panel.webview.html = page(error instanceof Error ? error.message : String(error));
    }
  }
}

function page(sentence: string): string {
  const text = sentence.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html><meta charset="utf-8"><p>${text}</p>`;
}
