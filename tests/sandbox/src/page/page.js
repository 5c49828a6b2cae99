"use strict";

// Text from anywhere goes in as text: nothing here builds markup from strings.
const $ = (id) => document.getElementById(id);
const TRACE_MAX = 600;
let chosen = null;
let picked = false;
let who = "person";
// By box: what its text changes, if not something new is written.
const changed = { "person-text": null, "agent-text": null };
let shownModal = null;
let timer = null;
const shownIn = new Map();
let pending = 0;
let acts = Promise.resolve();
let running = false;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function say(text) { $("status").textContent = text; }

// One act after the other, as they were made.
function play(act) {
  pending += 1;
  acts = acts.then(() => send(act)).finally(() => { pending -= 1; });
  return acts;
}

async function send(act) {
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

function button(label, act) {
  const element = make("button", { type: "button", textContent: label });
  element.addEventListener("click", act);
  return element;
}

// A button that changes a line: its text goes into the box, and what is sent from there replaces it.
function changing(box, text, act) {
  return button("Edit", () => {
    $(box).value = text;
    $(box).focus();
    changed[box] = act;
    say("Change the text and send it.");
  });
}

function fileNotes(files) {
  return files.map((file) => make("div", { className: "note", textContent: `File: ${file.name ?? "no name"}, ${file.size} bytes` }));
}

// Shows `data` in a list. What has not changed stays, so that nobody's click is lost.
function fill(list, data, item) {
  const key = JSON.stringify(data);
  if (shownIn.get(list) === key) return;
  shownIn.set(list, key);
  const items = data.map(item);
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  list.replaceChildren(...items);
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function fillSelect(select, options, chosenValue) {
  if (document.activeElement === select && select.options.length === options.length) return;
  select.replaceChildren(...options.map(([value, textContent]) => make("option", { value, textContent, selected: value === chosenValue })));
}

function playedPerson(discord) {
  return discord.people.find((one) => one.who === who) ?? discord.people[0];
}

function showPerson(discord) {
  $("person-pane").hidden = !discord;
  if (!discord) return;
  const person = playedPerson(discord);
  $("person-title").textContent = `Discord: ${person.name}`;
  fillSelect($("who"), discord.people.map((one) => [one.who, one.name]), person.who);
  fillSelect($("place"), person.places.map((place) => [place.id ?? "", place.name]), $("place").value);
  // What was just changed is not known there yet.
  if (!pending) {
    $("locale").value = person.locale;
    $("accepts-dms").checked = person.accepts_dms;
  }
  $("install").disabled = person.installed;
  // While somebody chooses in a message's select, it stays as it is.
  if (document.activeElement?.closest("#person-lines select")) return;
  fill($("person-lines"), person.messages, (message) => showMessage(person, message));
  showModal(person.modal);
}

function showMessage(person, message) {
  const notes = [];
  if (message.place) notes.push(`in ${message.place}`);
  if (message.private) notes.push("only you can see this");
  if (message.edited) notes.push("(edited)");
  // Discord does not show the backslash that takes a mark its meaning.
  const text = message.loading ? "is thinking…" : message.text.replace(/\\([^\sA-Za-z0-9])/g, "$1");
  const item = line(message.author, notes, text, message.own, message.private);
  item.append(...fileNotes(message.files));
  const row = make("div", { className: "row" });
  for (const one of message.buttons) {
    if (one.custom_id) {
      row.append(button(one.label, () => play({ do: "click", who: person.who, message: message.id, custom_id: one.custom_id })));
    } else {
      row.append(make("span", { className: "note", textContent: `${one.label}: ${one.url}` }));
    }
  }
  for (const one of message.selects) row.append(messageSelect(person, message, one));
  if (message.own) {
    row.append(
      changing("person-text", message.text, (text) => ({ do: "edit", who: person.who, message: message.id, text })),
      button("Send to support", () => play({ do: "send_to_support", who: person.who, message: message.id })),
    );
  }
  if (row.childElementCount) item.append(row);
  return item;
}

function messageSelect(person, message, component) {
  const options = component.options.map((option) => make("option", { value: option.value, textContent: option.label }));
  const select = make("select", { ariaLabel: component.placeholder ?? component.custom_id },
    make("option", { value: "", textContent: component.placeholder ?? "Choose" }), ...options);
  select.addEventListener("change", () => {
    const value = select.value;
    select.blur();
    if (value) play({ do: "choose", who: person.who, message: message.id, custom_id: component.custom_id, values: [value] });
  });
  return select;
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
    const text = component.label ?? field.label ?? field.custom_id;
    form.append(make("label", { className: "picker" }, text, modalField(field)));
    if (component.description) form.append(make("p", { className: "note", textContent: component.description }));
  }
  const send = make("button", { type: "submit", textContent: "Send" });
  form.append(make("div", { className: "row" }, send, button("Cancel", () => play({ do: "dismiss", who }))));
  form.querySelector("textarea, select, input")?.focus();
}

// What of a form can be filled in, by the types of Discord's components.
function modalField(field) {
  const name = field.custom_id;
  switch (field.type) {
    case 4:
      return make("textarea", { name, rows: field.style === 1 ? 1 : 3, value: field.value ?? "", placeholder: field.placeholder ?? "" });
    case 19:
      return make("input", { type: "file", name, multiple: (field.max_values ?? 1) > 1 });
    case 23:
      return make("input", { type: "checkbox", name, value: "true" });
    case 3:
    case 21:
    case 22: {
      const most = field.type === 22 ? field.options.length : field.max_values ?? 1;
      const options = field.options.map((option) =>
        make("option", { value: option.value, textContent: option.label, selected: option.default === true }));
      if (most === 1) options.unshift(make("option", { value: "", textContent: "" }));
      return make("select", { name, multiple: most > 1 }, ...options);
    }
    default:
      return make("input", { type: "text", name, placeholder: "ID" });
  }
}

async function modalValues(form) {
  const values = {};
  for (const field of form.querySelectorAll("textarea, select, input")) {
    if (field.type === "file") {
      if (field.files.length) values[field.name] = await filesOf(field);
    } else if (field.tagName === "SELECT") {
      const chosenValues = [...field.selectedOptions].map((option) => option.value).filter((value) => value);
      values[field.name] = chosenValues;
    } else if (field.type === "checkbox") {
      if (field.checked) values[field.name] = field.value;
    } else {
      values[field.name] = field.value;
    }
  }
  return values;
}

// The files that were chosen, in Base64.
async function filesOf(input) {
  return Promise.all([...input.files].map(async (file) => {
    const url = await new Promise((resolve, reject) => {
      const reader = new FileReader();
      reader.addEventListener("load", () => resolve(reader.result));
      reader.addEventListener("error", () => reject(reader.error));
      reader.readAsDataURL(file);
    });
    return { name: file.name, content_type: file.type || "application/octet-stream", content: url.slice(url.indexOf(",") + 1) };
  }));
}

function showAgent(twilio) {
  $("agent-pane").hidden = !twilio;
  if (!twilio) return;
  const all = twilio.conversations;
  // The newest one, until somebody chooses another.
  if (!picked || !all.some((one) => one.sid === chosen)) chosen = all.at(-1)?.sid ?? null;
  const picker = $("conversation");
  const options = all.map((one) => make("option", { value: one.sid, textContent: `${one.name ?? one.sid} (${one.state})`, selected: one.sid === chosen }));
  if (document.activeElement !== picker) picker.replaceChildren(...options);
  const current = all.find((one) => one.sid === chosen);
  const task = current?.task;
  $("task").textContent = task
    ? `Task ${task.status}${task.attributes.case_number ? `, case #${task.attributes.case_number}` : ""}, ${task.attributes.customerName ?? ""}`
    : "No task: the virtual agent answers.";
  $("accept").disabled = !task || !["pending", "reserved"].includes(task.status);
  $("wrap_up").disabled = task?.status !== "assigned";
  $("complete").disabled = !task || !["assigned", "wrapping"].includes(task.status);
  const open = current?.state !== "closed";
  fill($("agent-lines"), (current?.messages ?? []).map((message) => ({ ...message, open })), (message) => {
    const item = line(message.author, [`#${message.index}`], message.text ?? "", message.own, false);
    item.append(...fileNotes(message.files));
    if (message.own && message.open) {
      item.append(make("div", { className: "row" },
        changing("agent-text", message.text, (text) => ({ do: "reword", message: message.sid, text })),
        button("Remove", () => play({ do: "remove", message: message.sid }))));
    }
    return item;
  });
}

function showBoards(boards, discord) {
  $("boards-pane").hidden = !boards?.posts.length;
  if (!boards?.posts.length) return;
  const answers = discord.people.find((one) => one.who === "moderator")?.messages.filter((message) => message.private);
  $("boards-answer").textContent = answers?.at(-1)?.text ?? "";
  fill($("boards-lines"), boards.posts, (post) => {
    const item = line(post.name, post.archived ? [...post.tags, "archived"] : post.tags, post.text ?? "", false, false);
    const row = make("div", { className: "row" });
    for (const one of post.buttons.filter((found) => found.custom_id)) {
      row.append(button(one.label, () => play({ do: "click", who: "moderator", message: post.id, custom_id: one.custom_id })));
    }
    if (row.childElementCount) item.append(row);
    return item;
  });
}

function showConsole(state) {
  $("console").hidden = !state.console;
  if (!state.console) return;
  $("console-link").href = state.console;
  const moderator = state.discord?.people.find((one) => one.who === "moderator");
  $("console-who").textContent = moderator ? `sign in as ${moderator.name}` : "";
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
    showBoards(state.boards, state.discord);
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

// Sends what stands in a box, with its files: the change of a line, if one was begun, or else `act`.
async function sendBox(box, files, act) {
  const input = $(files);
  const change = changed[box];
  const sent = await play(change ? change($(box).value) : act($(box).value, await filesOf(input)));
  if (!sent) return;
  changed[box] = null;
  $(box).value = "";
  input.value = "";
}

$("person-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const what = event.submitter?.dataset.do ?? "write";
  const place = $("place").value || null;
  sendBox("person-text", "person-files", (text, files) => {
    switch (what) {
      case "helpme": return { do: what, who, text };
      case "message": return { do: what, who, text, place };
      default: return { do: what, who, text, place, files };
    }
  });
});
$("agent-form").addEventListener("submit", (event) => {
  event.preventDefault();
  if (chosen) sendBox("agent-text", "agent-files", (text, files) => ({ do: "say", conversation: chosen, text, files }));
});
$("modal").addEventListener("submit", async (event) => {
  event.preventDefault();
  play({ do: "modal", who, values: await modalValues(event.target) });
});
$("who").addEventListener("change", (event) => {
  who = event.target.value;
  changed["person-text"] = null;
  // Nobody shall press what somebody else sees.
  shownIn.delete($("person-lines"));
  $("person-lines").replaceChildren();
  event.target.blur();
  soon();
});
$("locale").addEventListener("change", (event) => { play({ do: "speak", who, locale: event.target.value }); event.target.blur(); });
$("accepts-dms").addEventListener("change", (event) => play({ do: "accept_dms", who, accept: event.target.checked }));
$("install").addEventListener("click", () => play({ do: "install", who }));
async function onTask(act) {
  const state = await (await fetch("/state")).json();
  const task = state.twilio?.conversations.find((one) => one.sid === chosen)?.task;
  if (task) await play({ do: act, task: task.sid });
}
$("accept").addEventListener("click", () => onTask("accept"));
$("wrap_up").addEventListener("click", () => onTask("wrap_up"));
$("complete").addEventListener("click", () => onTask("complete"));
$("conversation").addEventListener("change", (event) => { chosen = event.target.value; picked = true; event.target.blur(); soon(); });

const events = new EventSource("/events");
events.addEventListener("open", () => say("Ready."));
events.addEventListener("error", () => say("The sandbox is not there; trying again…"));
events.addEventListener("message", (event) => { showEntry(JSON.parse(event.data)); soon(); });
refresh();
