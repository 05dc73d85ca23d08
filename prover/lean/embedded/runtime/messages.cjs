// What Lean says: names, exceptions, and the messages of its log, as JavaScript values.
"use strict";
const { UNIT, field, tag, isBox, unbox, scalarByte, dec, text, taken, list, call } = require("./abi.cjs");

const SEVERITIES = ["information", "warning", "error"];

const showData = (data) => taken(call("l_Lean_MessageData_toString", data, UNIT));

/** A borrowed `Exception`. */
function showException(exception) {
  const data = call("l_Lean_Exception_toMessageData", exception);
  const shown = showData(data);
  dec(data);
  return shown;
}

/** A borrowed `Name`, dotted, without escaping. */
function showName(name) {
  if (isBox(name)) return "";
  const prefix = showName(field(name, 0));
  const last = tag(name) === 1 ? text(field(name, 1)) : String(unbox(field(name, 1)));
  return prefix === "" ? last : `${prefix}.${last}`;
}

/** How many messages a borrowed `MessageLog` has. */
function countLog(log) {
  const messages = call("l_Lean_MessageLog_toList", log);
  const count = list(messages).length;
  dec(messages);
  return count;
}

/**
 * A borrowed `MessageLog` without its first messages: [{severity, line, column, text}], lines from 1 and columns from
 * 0, both of what was elaborated. Message has the pointer fields fileName, pos, endPos, caption, data, then the bytes
 * keepFullRange, severity, isSilent.
 */
function showLog(log, first = 0) {
  const messages = call("l_Lean_MessageLog_toList", log);
  const shown = list(messages).slice(first).map((message) => {
    const position = field(message, 1);
    return {
      severity: SEVERITIES[scalarByte(message, 5, 1)],
      line: unbox(field(position, 0)),
      column: unbox(field(position, 1)),
      text: showData(field(message, 4)),
    };
  });
  dec(messages);
  return shown;
}

module.exports = { showException, showName, countLog, showLog, showData };
