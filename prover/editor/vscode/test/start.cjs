// Runs the built extension against stand-ins for VS Code's API: it starts the server, asks for the actions on a
// `sorry`, and takes "Prove this". What VS Code itself does with them is not tested here.
//
//     node test/start.cjs PROVER [ARGUMENT...]

"use strict";

const assert = require("node:assert");
const Module = require("node:module");

const TEXT = "theorem swap (p q : Prop) (h : p ∧ q) : q ∧ p := by\n  sorry\n";
const providers = {};
const commands = {};
const applied = [];

/** Anything that was not thought of: can be called, made, extended, and has all properties. */
function anything() {
  return new Proxy(function () {}, {
    get: (target, key) => {
      if (key in target || typeof key === "symbol" || key === "then") return target[key];
      return (target[key] = anything());
    },
    apply: () => anything(),
    construct: (target, given, made) => Object.create(made.prototype ?? {}),
  });
}

class Position {
  constructor(line, character) {
    Object.assign(this, { line, character });
  }
}
class Range {
  constructor(a, b, c, d) {
    this.start = typeof a === "number" ? new Position(a, b) : a;
    this.end = typeof a === "number" ? new Position(c, d) : b;
  }
}
class TextEdit {
  constructor(range, newText) {
    Object.assign(this, { range, newText });
  }
}
class WorkspaceEdit {
  set(uri, edits) {
    this.edits = edits;
  }
}
class CodeAction {
  constructor(title, kind) {
    Object.assign(this, { title, kind });
  }
}
class Uri {
  constructor(text) {
    this.text = text;
    this.scheme = "file";
    this.fsPath = text.slice("file://".length);
  }
  static parse(text) {
    return new Uri(text);
  }
  toString() {
    return this.text;
  }
}
class EventEmitter {
  event = () => ({ dispose() {} });
  fire() {}
  dispose() {}
}
class CancellationTokenSource {
  token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose() {} }) };
  dispose() {}
}

const document = {
  uri: new Uri("file:///nowhere/Swap.lean"),
  languageId: "lean4",
  version: 1,
  isClosed: false,
  getText: () => TEXT,
};
const settings = { command: process.argv.slice(2), background: false };
const configuration = {
  get: (key, otherwise) => settings[key] ?? otherwise,
  inspect: () => undefined,
};

function part(known) {
  return new Proxy(known, { get: (target, key) => (key in target ? target[key] : anything()) });
}

const vscode = part({
  Position, Range, TextEdit, WorkspaceEdit, CodeAction, Uri, EventEmitter, CancellationTokenSource,
  version: "1.91.0",
  env: part({ language: "en", appName: "stand-in" }),
  languages: part({
    match: () => 10,
    registerCodeActionsProvider: (selector, provider) => {
      providers.actions = provider;
      return { dispose() {} };
    },
  }),
  commands: part({
    registerCommand: (name, run) => {
      commands[name] = run;
      return { dispose() {} };
    },
  }),
  workspace: part({
    textDocuments: [document],
    notebookDocuments: [],
    workspaceFolders: undefined,
    getConfiguration: () => configuration,
    applyEdit: async (edit) => {
      applied.push(edit);
      return true;
    },
  }),
  window: part({
    showErrorMessage: (message) => fail(new Error(message)),
    withProgress: (options, task) => task({ report() {} }, new CancellationTokenSource().token),
    visibleTextEditors: [],
    tabGroups: part({ all: [] }),
  }),
});

function fail(error) {
  console.error(error);
  process.exit(1);
}

const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
process.on("unhandledRejection", fail);
setTimeout(() => fail(new Error("nothing happened for two minutes")), 120_000);

async function main() {
  const extension = require("../dist/extension.js");
  await extension.activate({ subscriptions: [] });
  const at = new Range(1, 3, 1, 3);
  const token = new CancellationTokenSource().token;
  const context = { diagnostics: [], triggerKind: 1 };
  const actions = await providers.actions.provideCodeActions(document, at, context, token);
  const action = actions.find((each) => each.title === "Prove this");
  assert(action, `not offered: ${actions.map((each) => each.title)}`);
  const answer = await commands[action.command.command](...action.command.arguments);
  assert.equal(answer.status, "proved");
  const edit = applied[0].edits.flat()[0];
  assert.equal(edit.range.start.line, 1);
  assert(!edit.newText.includes("sorry"));
  await extension.deactivate();
  console.log(`applied: ${edit.newText}`);
  process.exit(0);
}

main().catch(fail);
