// What went wrong, in a line that screen readers say at once. Python or a script of ours hands it
// over as text; an empty one shows nothing.

export function mount(element, props, watch) {
  const root = element.querySelector(".studio-problem");
  root.setAttribute("role", "alert");
  const show = () => {
    root.textContent = props.value ?? "";
    root.hidden = !props.value;
  };
  watch("value", show);
  show();
}
