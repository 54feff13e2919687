// Pictures: made small before they are kept, which leaves nothing in them of what the camera wrote.
import * as drafts from "./drafts.js";
import { say } from "./words.js";

const LONGEST = 1600;
const QUALITY = 0.82;
const THUMB = 160;
export const MOST = 12;

// What the cameras of some phones make, and most browsers cannot read.
export const isOfIphone = (file) => /hei[cf]/i.test(`${file.type} ${file.name}`);

export async function small(file) {
  const drawn = draw(await createImageBitmap(file), LONGEST);
  const blob = await new Promise((resolve) => drawn.toBlob(resolve, "image/jpeg", QUALITY));
  return blob.arrayBuffer();
}

function draw(picture, longest) {
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext("2d");
  // What was see-through would turn black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return canvas;
}

// The pictures of one item, each with a button that removes it.
export async function list(box, photos, key, remove) {
  const shown = await Promise.all(photos.map((photo, place) => row(photo, place + 1, key, remove)));
  let list = box.querySelector(".field-photos");
  if (!list) {
    list = document.createElement("ul");
    list.className = "field-photos";
    box.querySelector("input[type=file]").after(list);
  }
  list.replaceChildren(...shown);
}

async function row(photo, number, key, remove) {
  const picture = draw(await createImageBitmap(new Blob([await drafts.bytesOf(key, photo)])), THUMB);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", say("picture", { number }));
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-second";
  button.textContent = say("removePicture", { number });
  button.addEventListener("click", () => remove(photo));
  const item = document.createElement("li");
  item.append(picture, button);
  return item;
}
