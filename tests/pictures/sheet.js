// Lays cards out in two columns, each as wide as a phone, drawn by the sandbox's own code.
async (cards) => {
  const { bubble } = await import("/page/bubble.js");
  const sheet = document.createElement("main");
  sheet.id = "sheet";
  const columns = [0, 1].map(() => sheet.appendChild(document.createElement("div")));
  document.body.replaceChildren(sheet);
  for (const { caption, message } of cards) {
    const figure = document.createElement("figure");
    figure.className = "phone telegram";
    const title = document.createElement("figcaption");
    title.textContent = caption;
    const list = document.createElement("ol");
    list.append(bubble(message, { mine: false, first: true, last: true, crowd: true }, () => {}));
    figure.append(title, list);
    const [left, right] = columns;
    (right.offsetHeight < left.offsetHeight ? right : left).append(figure);
  }
};
