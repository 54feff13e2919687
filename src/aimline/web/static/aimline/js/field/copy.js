// A form as a file of one's own: a page that any browser opens, with its pictures in it.
import * as drafts from "./drafts.js";
import { dayOf, say, timeOf } from "./words.js";

export async function saveCopy(key, draft) {
  const body = await drafts.read(key, draft);
  const page = document.implementation.createHTMLDocument(draft.name);
  page.documentElement.lang = document.documentElement.lang;
  page.head.append(made(page, "meta", "", { charset: "utf-8" }));
  page.body.append(made(page, "h1", draft.name), made(page, "p", body.about));
  page.body.append(made(page, "p", say("copyOf", { day: dayOf(draft.changed), time: timeOf(draft.changed) })));
  for (const [question, lines] of body.readable) {
    page.body.append(made(page, "h2", question), ...lines.map((line) => made(page, "p", line)));
  }
  for (const photo of await drafts.photosOf(draft)) {
    page.body.append(made(page, "img", "", { src: await address(await drafts.bytesOf(key, photo)), alt: "", width: "640" }));
  }
  const text = `<!doctype html>\n${page.documentElement.outerHTML}`;
  download(new Blob([text], { type: "text/html" }), `${draft.name.replace(/[^\p{L}\p{N}]+/gu, "-")}-${new Date(draft.changed).toISOString().slice(0, 10)}.html`);
}

function made(page, tag, words, attributes = {}) {
  const part = page.createElement(tag);
  part.textContent = words;
  for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
  return part;
}

function address(bytes) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(new Blob([bytes], { type: "image/jpeg" }));
  });
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

