// The page with the QR code: full screen for a projector, printing, copying the address.

const tools = document.querySelector(".room__tools");
if (tools) {
  const sheet = document.getElementById("sheet");
  const actions = {
    full: () => (document.fullscreenElement ? document.exitFullscreen() : sheet.requestFullscreen()),
    print: () => window.print(),
    copy: async (button) => {
      await navigator.clipboard.writeText(tools.dataset.address);
      button.textContent = tools.dataset.copied;
    },
  };
  tools.hidden = false;
  tools.querySelector('[data-do="full"]').hidden = !sheet.requestFullscreen;
  // browsers lend the clipboard only to pages that came by TLS or from this computer
  tools.querySelector('[data-do="copy"]').hidden = !navigator.clipboard;
  for (const button of tools.querySelectorAll("[data-do]")) button.addEventListener("click", () => actions[button.dataset.do](button));
}
