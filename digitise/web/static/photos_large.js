// A small picture that is pressed opens larger, in a dialog: at once as it is, then as the whole photo, where that is there already.

const dialog = document.getElementById("photos-large");
const picture = dialog.querySelector("img");

document.addEventListener("click", (event) => {
  const link = event.target.closest(".photo__open");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const name = link.closest(".photo").dataset.name;
  document.getElementById("photos-large-name").textContent = name;
  picture.alt = name;
  picture.src = link.href;
  dialog.showModal();
  // whole photos can be shown once the event is put together
  if (!link.dataset.large || document.getElementById("photos-head").dataset.state !== "ready") return;
  const large = new Image();
  large.addEventListener("load", () => {
    // another may have been opened meanwhile
    if (dialog.open && picture.src === link.href) picture.src = large.src;
  });
  large.src = link.dataset.large;
});

// beside the picture is outside
dialog.addEventListener("click", (event) => {
  if (event.target === dialog) dialog.close();
});
dialog.addEventListener("close", () => picture.removeAttribute("src"));
