"""The few scripts that pages bring along. The door's policy lets only these run, by their hashes, so they never vary:
what they need stands beside them in an element's `data-` attributes.
"""

from . import language

# Puts the cursor into a field: when a form opens, where nobody types yet; after a refusal once.
FOCUS = """
(() => {
  const {field, once} = document.querySelector(".w-focus").dataset, until = Date.now() + 30000;
  const opening = once.startsWith("open");
  if (!opening && window.wadulFocus === once) return;
  const look = () => {
    const found = document.querySelector(field);
    if (!found) { if (Date.now() < until) setTimeout(look, 60); return; }
    const busy = document.activeElement;
    if (!opening) window.wadulFocus = once;
    else if (busy && busy !== document.body && !busy.closest('[data-testid="stSidebar"]')) return;
    found.focus();
    if (opening) document.querySelector(".w-told")?.scrollIntoView({block: "center"});
  };
  look();
})();
"""
ALL = (FOCUS, language.SCRIPT)
