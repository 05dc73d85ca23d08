// Opens the file that DRIVER_FILE names, asks for the code actions on its first `sorry`, picks a suggestion and
// undoes it, takes "Prove this", saves, and writes what it saw, or what went wrong, to DRIVER_ANSWER.

"use strict";

const fs = require("node:fs");
const vscode = require("vscode");

const { DRIVER_FILE, DRIVER_ANSWER } = process.env;
const PATIENCE = 120_000;

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function until(what, ready) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await ready();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(100);
  }
}

async function offered(document, title) {
  const hole = document.positionAt(document.getText().search(/\bsorry\b/) + 2);
  const found = await vscode.commands.executeCommand(
    "vscode.executeCodeActionProvider", document.uri, new vscode.Range(hole, hole),
  );
  return found.find((each) => each.title === title);
}

async function drive() {
  const document = await vscode.workspace.openTextDocument(DRIVER_FILE);
  await vscode.window.showTextDocument(document);
  const before = document.getText();
  const { command } = await until("code actions", () => offered(document, "Suggest next tactics"));
  void vscode.commands.executeCommand(command.command, ...command.arguments);
  await until("a suggestion to be taken", async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return document.getText() !== before;
  });
  const suggested = document.getText();
  await vscode.commands.executeCommand("undo");
  await until("the suggestion to be undone", () => document.getText() === before);
  const action = await until("code actions", () => offered(document, "Prove this"));
  await vscode.commands.executeCommand(action.command.command, ...action.command.arguments);
  await until("the proof", () => document.getText() !== before);
  await document.save();
  const lenses = await vscode.commands.executeCommand("vscode.executeCodeLensProvider", document.uri);
  return { suggested, lenses: lenses.length };
}

exports.activate = () => {
  const answer = (value) => {
    fs.writeFileSync(`${DRIVER_ANSWER}.part`, JSON.stringify(value));
    fs.renameSync(`${DRIVER_ANSWER}.part`, DRIVER_ANSWER);
  };
  drive().then(answer, (error) => answer({ error: String(error.stack) }));
};
