// Everything that is said comes from the page; a script holds no sentence of its own.
export const facts = JSON.parse(document.getElementById("field-facts").textContent);

export function say(key, given = {}) {
  return fill(facts.words[key] ?? "", given);
}

export function count(key, number, given = {}) {
  const [one, many] = facts.plurals[key];
  return fill(number === 1 ? one : many, { count: number, ...given });
}

function fill(text, given) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => given[name] ?? "");
}

// Day before month and 24 hours, as on every page.
const language = document.documentElement.lang === "en" ? "en-GB" : document.documentElement.lang;
export const timeOf = (when) => new Date(when).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export const dayOf = (when, year) => new Date(when).toLocaleDateString(language, { day: "numeric", month: "long", year });
