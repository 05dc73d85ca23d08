// Starts `prover lsp`, shows its suggestions to choose from, and nothing else.

import * as vscode from "vscode";
import { LanguageClient, type WorkspaceEdit } from "vscode-languageclient/node";

interface Suggestion {
  tactic: string;
  leaves: string[];
  proves: boolean;
  edit: WorkspaceEdit;
}

let client: LanguageClient | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("prover.restart", async () => {
      await deactivate();
      await start();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  const running = client;
  client = undefined;
  await running?.dispose();
}

async function start(): Promise<void> {
  const settings = vscode.workspace.getConfiguration("prover");
  const [command, ...args] = settings.get<string[]>("command", []);
  if (command === undefined) {
    void vscode.window.showErrorMessage("prover: the setting prover.command is empty");
    return;
  }
  client = new LanguageClient(
    "prover",
    "prover",
    { command, args },
    {
      documentSelector: [{ language: "lean4" }, { language: "lean" }],
      initializationOptions: { picker: true, background: settings.get<boolean>("background", false) },
      synchronize: { configurationSection: "prover" },
      middleware: {
        executeCommand: async (name, given, next) => {
          const answer = await next(name, given);
          if (name === "prover.suggest" && answer?.status === "ok") {
            await choose(answer.suggestions);
          }
          return answer;
        },
      },
    },
  );
  try {
    await client.start();
  } catch (error) {
    void vscode.window.showErrorMessage(
      `prover: \`${command}\` does not start; set prover.command to where it is (${String(error)})`,
    );
  }
}

/** The server computed each edit for one version of the document; VS Code refuses it for another. */
async function choose(suggestions: Suggestion[]): Promise<void> {
  if (suggestions.length === 0) {
    void vscode.window.showInformationMessage("prover: no tactic that was tried gets on");
    return;
  }
  const items = suggestions.map((each) => ({
    label: each.tactic,
    description: each.proves ? "proves it" : `leaves ${each.leaves.length}`,
    detail: each.leaves.join("  |  "),
    edit: each.edit,
  }));
  const chosen = await vscode.window.showQuickPick(items, { matchOnDetail: true, title: "Next tactics" });
  const edit = chosen && (await client?.protocol2CodeConverter.asWorkspaceEdit(chosen.edit));
  if (edit) {
    await vscode.workspace.applyEdit(edit);
  }
}
