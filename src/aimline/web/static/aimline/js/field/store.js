// The database of this device. Whatever has words in it is sealed before it comes here (see vault.js).
export const NAME = "aimline-field";
const STORES = ["device", "keys", "drafts", "photos", "sent"];
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const name of STORES) asked.result.createObjectStore(name, { keyPath: "id" });
      asked.transaction.objectStore("photos").createIndex("draft", "draft");
    };
    asked.onsuccess = () => {
      const close = () => { opened = undefined; asked.result.close(); };
      asked.result.onversionchange = close;
      asked.result.onclose = close;
      resolve(asked.result);
    };
    asked.onerror = () => { opened = undefined; reject(asked.error); };
  });
  return opened;
}

const told = (asked) => new Promise((resolve, reject) => {
  asked.onsuccess = () => resolve(asked.result);
  asked.onerror = () => reject(asked.error);
});

export async function get(name, id) {
  return told((await open()).transaction(name).objectStore(name).get(id));
}

export async function all(name) {
  return told((await open()).transaction(name).objectStore(name).getAll());
}

export async function photosOf(draft) {
  return told((await open()).transaction("photos").objectStore("photos").index("draft").getAll(draft));
}

export async function numberOfPhotos(draft) {
  return told((await open()).transaction("photos").objectStore("photos").index("draft").count(draft));
}

// All or nothing, and on the disk before it is called saved.
export async function write(names, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const change = database.transaction(names, "readwrite", { durability: "strict" });
    change.oncomplete = () => resolve();
    change.onabort = () => reject(change.error ?? new DOMException("", "AbortError"));
    work((name) => change.objectStore(name));
  });
}

export const put = (name, row) => write([name], (store) => store(name).put(row));
export const remove = (name, id) => write([name], (store) => store(name).delete(id));

export async function note(id, value) {
  await put("device", { id, value });
}

export async function noted(id) {
  return (await get("device", id))?.value;
}

export async function wipe() {
  (await open()).close();
  opened = undefined;
  await told(indexedDB.deleteDatabase(NAME));
}

export const isFull = (error) => error?.name === "QuotaExceededError";
