// Runs the page's script on a page that is not there: postcodes typed in, answers as text and links out.
const fs = require("fs"), vm = require("vm");
const [page, folder, asked] = JSON.parse(fs.readFileSync(0, "utf8"));
function element(name) {
  return { name, children: [], attributes: {}, dataset: {}, hidden: true, value: "", textContent: "", listeners: {},
    setAttribute(key, value) { this.attributes[key] = value; }, append(child) { this.children.push(child); },
    replaceChildren(...all) { this.children = all; }, addEventListener(kind, run) { this.listeners[kind] = run; } };
}
const text = one => typeof one === "string" ? one : one.children.map(text).join(one.name === "dl" || one.name === "ul" ? "\n" : "");
const byId = {};
const form = byId["postcode-form"] = element("form");
form.dataset = { days: /data-days="([^"]*)"/.exec(page)[1], districts: "postcodes/" };
["postcode-status", "postcode-answer", "postcode", "postcode-month"].forEach(id => { byId[id] = element(id); });
const world = { location: { hash: "" }, history: { replaceState() {} }, Promise, decodeURIComponent, String, Number, Object };
world.window = world; world.addEventListener = () => {};
world.document = { getElementById: id => byId[id], createElement: element, head: { appendChild(script) {
  try { vm.runInContext(fs.readFileSync(folder + "/" + script.src, "utf8"), world); script.onload(); } catch (e) { script.onerror(); }
} } };
vm.createContext(world);
vm.runInContext(fs.readFileSync(folder + "/assets/postcodes.js", "utf8"), world);
(async () => {
  const answers = [];
  for (const [typed, month] of asked) {
    byId.postcode.value = typed; byId["postcode-month"].value = month;
    form.listeners.submit({ preventDefault() {} });
    await new Promise(done => setTimeout(done, 5));
    const shown = byId["postcode-answer"];
    const links = [];
    (function walk(one) { if (one.attributes && one.attributes.href) { links.push(one.attributes.href); } (one.children || []).forEach(walk); })(shown);
    answers.push({ status: byId["postcode-status"].textContent, hidden: shown.hidden, text: shown.children.map(text).join("\n"), links });
  }
  console.log(JSON.stringify(answers));
})();
