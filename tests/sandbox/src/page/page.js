"use strict";

// Text from anywhere goes in as text: nothing here builds markup from strings.
const $ = (id) => document.getElementById(id);
const TRACE_MAX = 600;
let chosen = null;
let shownModal = null;
let timer = null;
let running = false;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function say(text) { $("status").textContent = text; }

async function play(act) {
  try {
    const answer = await fetch("/play", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(act),
    });
    const result = await answer.json();
    say(result.ok ? "Ready." : result.what);
    return result.ok;
  } catch (error) {
    say(String(error));
    return false;
  } finally {
    soon();
  }
}

function line(author, notes, text, mine, isPrivate) {
  const head = make("div", { className: "author", textContent: author });
  for (const note of notes) head.append(make("span", { className: "note", textContent: note }));
  const item = make("li", {}, head, make("div", { className: "text", textContent: text }));
  item.classList.toggle("mine", mine);
  item.classList.toggle("private", isPrivate);
  return item;
}

function fill(list, items) {
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.replaceChildren(...items);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function showPerson(discord) {
  $("person-pane").hidden = !discord;
  if (!discord) return;
  $("person-title").textContent = discord.person ? `Discord: ${discord.person}` : "Discord";
  fill($("person-lines"), discord.messages.map((message) => {
    const notes = [];
    if (message.private) notes.push("only you can see this");
    if (message.edited) notes.push("(edited)");
    // Discord does not show the backslash that takes a mark its meaning.
    const text = message.loading ? "is thinking…" : message.text.replace(/\\([^\sA-Za-z0-9])/g, "$1");
    const item = line(message.author, notes, text, !message.bot, message.private);
    const row = make("div", { className: "row" });
    for (const button of message.buttons) {
      if (!button.custom_id) {
        row.append(make("span", { className: "note", textContent: `${button.label}: ${button.url}` }));
        continue;
      }
      const press = make("button", { type: "button", textContent: button.label });
      press.addEventListener("click", () => play({ do: "click", message: message.id, custom_id: button.custom_id }));
      row.append(press);
    }
    if (!message.bot) {
      const send = make("button", { type: "button", textContent: "Send to support" });
      send.addEventListener("click", () => play({ do: "send_to_support", message: message.id }));
      row.append(send);
    }
    if (row.childElementCount) item.append(row);
    return item;
  }));
  showModal(discord.modal);
}

function showModal(modal) {
  const form = $("modal");
  const key = JSON.stringify(modal);
  if (key === shownModal) return;
  shownModal = key;
  form.hidden = !modal;
  form.replaceChildren();
  if (!modal) return;
  form.append(make("h3", { textContent: modal.title }));
  for (const component of modal.components) {
    const field = component.component ?? (component.components ?? [])[0];
    if (!field) {
      form.append(make("p", { textContent: component.content ?? "" }));
      continue;
    }
    const input = make("textarea", { name: field.custom_id, rows: 3, value: field.value ?? "", placeholder: field.placeholder ?? "" });
    form.append(make("label", { className: "picker" }, component.label ?? field.label ?? field.custom_id, input));
  }
  const send = make("button", { type: "submit", textContent: "Send" });
  const cancel = make("button", { type: "button", textContent: "Cancel" });
  cancel.addEventListener("click", () => play({ do: "dismiss" }));
  form.append(make("div", { className: "row" }, send, cancel));
  form.querySelector("textarea")?.focus();
}

function showAgent(twilio) {
  $("agent-pane").hidden = !twilio;
  if (!twilio) return;
  const all = twilio.conversations;
  if (!all.some((one) => one.sid === chosen)) chosen = all.at(-1)?.sid ?? null;
  const picker = $("conversation");
  const options = all.map((one) => make("option", { value: one.sid, textContent: `${one.name ?? one.sid} (${one.state})`, selected: one.sid === chosen }));
  if (document.activeElement !== picker) picker.replaceChildren(...options);
  const current = all.find((one) => one.sid === chosen);
  const task = current?.task;
  $("task").textContent = task
    ? `Task ${task.status}${task.attributes.case_number ? `, case #${task.attributes.case_number}` : ""}, ${task.attributes.customerName ?? ""}`
    : "No task: the virtual agent answers.";
  $("accept").disabled = !task || !["pending", "reserved"].includes(task.status);
  $("complete").disabled = !task || !["assigned", "wrapping"].includes(task.status);
  fill($("agent-lines"), (current?.messages ?? []).map((message) =>
    line(message.author, [`#${message.index}`], message.text, message.author.includes("_40"), false)));
}

function showBoards(boards) {
  $("boards-pane").hidden = !boards?.posts.length;
  if (!boards?.posts.length) return;
  $("boards-answer").textContent = boards.answer ?? "";
  fill($("boards-lines"), boards.posts.map((post) => {
    const item = line(post.name, post.archived ? [...post.tags, "archived"] : post.tags, post.text ?? "", false, false);
    const row = make("div", { className: "row" });
    for (const button of post.buttons.filter((one) => one.custom_id)) {
      const press = make("button", { type: "button", textContent: button.label });
      press.addEventListener("click", () => play({ do: "press", message: post.id, custom_id: button.custom_id }));
      row.append(press);
    }
    if (row.childElementCount) item.append(row);
    return item;
  }));
}

function showConsole(state) {
  $("console").hidden = !state.console;
  if (!state.console) return;
  $("console-link").href = state.console;
  $("console-who").textContent = state.boards?.moderator ? `sign in as ${state.boards.moderator}` : "";
}

function cells(...texts) {
  return make("tr", {}, ...texts.map((text) => make("td", { textContent: String(text ?? "") })));
}

function showStack(state) {
  $("functions").replaceChildren(...state.functions.map((one) => make("li", { textContent: one.url ? `${one.name}: ${one.url}` : one.name })));
  $("queues").replaceChildren(...state.queues.map((one) => cells(one.name, one.visible, one.in_flight, one.delayed)));
  $("tables").replaceChildren(...state.tables.map((one) => cells(one.name, one.items)));
  const violations = [...(state.discord?.violations ?? []), ...(state.twilio?.violations ?? [])];
  $("violations-title").hidden = !violations.length;
  $("violations").replaceChildren(...violations.map((text) => make("li", { textContent: text })));
}

async function refresh() {
  if (running) return soon();
  running = true;
  try {
    const state = await (await fetch("/state")).json();
    showPerson(state.discord);
    showAgent(state.twilio);
    showBoards(state.boards);
    showConsole(state);
    showStack(state);
  } catch (error) {
    say(String(error));
  } finally {
    running = false;
  }
}

// Many things happen at once; the picture is renewed a few times a second at most.
function soon() {
  timer ??= setTimeout(() => { timer = null; refresh(); }, 250);
}

function showEntry(entry) {
  if (entry.kind === "log" && !$("logs").checked) return;
  const list = $("trace");
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  const what = make("span", { className: "what", textContent: entry.title });
  if (entry.function) what.prepend(make("span", { className: "function", textContent: `${entry.function} ` }));
  list.append(make("li", {}, make("span", { textContent: `${(entry.at_ms / 1000).toFixed(3)} s` }), make("span", { className: "kind", textContent: entry.kind }), what));
  while (list.childElementCount > TRACE_MAX) list.firstElementChild.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

$("person-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = $("person-text");
  const act = event.submitter?.dataset.do ?? "message";
  if (await play({ do: act, text: box.value })) box.value = "";
});
$("agent-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = $("agent-text");
  if (chosen && await play({ do: "say", conversation: chosen, text: box.value })) box.value = "";
});
$("modal").addEventListener("submit", (event) => {
  event.preventDefault();
  play({ do: "modal", values: Object.fromEntries(new FormData(event.target)) });
});
async function onTask(act) {
  const state = await (await fetch("/state")).json();
  const task = state.twilio?.conversations.find((one) => one.sid === chosen)?.task;
  if (task) await play({ do: act, task: task.sid });
}
$("accept").addEventListener("click", () => onTask("accept"));
$("complete").addEventListener("click", () => onTask("complete"));
$("conversation").addEventListener("change", (event) => { chosen = event.target.value; soon(); });

const events = new EventSource("/events");
events.addEventListener("open", () => say("Ready."));
events.addEventListener("error", () => say("The sandbox is not there; trying again…"));
events.addEventListener("message", (event) => { showEntry(JSON.parse(event.data)); soon(); });
refresh();
