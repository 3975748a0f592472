// Shows what is looked for while it is typed, and opens what a link points to. Without it the form asks the server.
const operations = [...document.querySelectorAll('details.operation')]
const input = document.getElementById('q')
const count = document.getElementById('count')

function look() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const operation of operations) {
    const found = words.every((word) => operation.dataset.words.includes(word))
    operation.hidden = !found
    shown += found ? 1 : 0
  }
  for (const section of document.querySelectorAll('main > section:not(#shapes)')) {
    section.hidden = !section.querySelector('details.operation:not([hidden])')
  }
  count.textContent = `${shown} operations`
}

function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (target instanceof HTMLDetailsElement) target.open = true
}

input.addEventListener('input', look)
addEventListener('hashchange', open)
open()
