// The forms on this device. OPEN is being written, WAITING is finished, STUCK was refused and needs a person.
import * as store from "./store.js";
import * as vault from "./vault.js";

export const [OPEN, WAITING, STUCK] = ["open", "waiting", "stuck"];
const tabs = new BroadcastChannel("aimline-field");
const listeners = [];
const hear = () => listeners.forEach((listen) => listen());
tabs.addEventListener("message", hear);
export const onChange = (listen) => listeners.push(listen);
// Every tab hears of a change, this one too.
export function tell() {
  tabs.postMessage("changed");
  hear();
}

export async function save(key, draft, body) {
  const sealed = await vault.sealWords(key, draft.id, body);
  await store.put("drafts", { ...draft, changed: Date.now(), ...sealed });
  tell();
}

export const find = (id) => store.get("drafts", id);
export const read = (key, draft) => vault.unsealWords(key, draft.id, draft);

export async function mine(who) {
  return (await store.all("drafts")).filter((draft) => draft.who === who).sort((a, b) => b.changed - a.changed);
}

export async function numberOfOthers(who) {
  return (await store.all("drafts")).filter((draft) => draft.who !== who).length;
}

export async function mark(id, facts) {
  await store.write(["drafts"], (rows) => {
    const drafts = rows("drafts");
    drafts.get(id).onsuccess = ({ target }) => { if (target.result) drafts.put({ ...target.result, ...facts }); };
  });
  tell();
}

export async function addPhoto(key, draft, item, bytes) {
  const id = crypto.randomUUID();
  await store.put("photos", { id, draft: draft.id, item, held: "", ...await vault.seal(key, id, bytes) });
  return id;
}

export const photosOf = (draft) => store.photosOf(draft.id);
export const bytesOf = (key, photo) => vault.unseal(key, photo.id, photo);
export const removePhoto = (photo) => store.remove("photos", photo.id);

// With its photos, and in their place at most a line that says when it was sent.
export async function remove(draft, line = null) {
  const photos = await photosOf(draft);
  await store.write(["drafts", "photos", "sent"], (rows) => {
    rows("drafts").delete(draft.id);
    for (const photo of photos) rows("photos").delete(photo.id);
    if (line) rows("sent").put(line);
  });
  tell();
}

// A fresh name: it will be taken for another form. Its photos come along.
export async function rename(key, draft) {
  const id = crypto.randomUUID();
  const sealed = await vault.sealWords(key, id, await read(key, draft));
  const photos = await photosOf(draft);
  await store.write(["drafts", "photos"], (rows) => {
    rows("drafts").delete(draft.id);
    rows("drafts").put({ ...draft, id, state: WAITING, why: "", wrong: {}, ...sealed });
    for (const photo of photos) rows("photos").put({ ...photo, draft: id });
  });
  tell();
}

export async function waiting(who) {
  const drafts = (await mine(who)).filter((draft) => draft.state === WAITING);
  const photos = await Promise.all(drafts.map(({ id }) => store.numberOfPhotos(id)));
  return { drafts, photos: photos.reduce((sum, some) => sum + some, 0) };
}
