'use strict';
(() => {
    const table = document.getElementById('list');
    const form = document.getElementById('filter');
    if (!table || !form) return;
    const CHUNK = 100; // rows that are laid out together
    const rows = [...table.tBodies].flatMap(body => [...body.rows]).map(row => ({ row, text: row.textContent.toLowerCase(), found: row.dataset.found !== '0' }));
    const wanted = form.elements.wanted, remarkable = form.elements.remarkable;
    const count = document.getElementById('count');

    const filter = () => {
        const words = wanted.value.toLowerCase().split(/\s+/).filter(Boolean);
        let shown = 0;
        for (const { row, text, found } of rows) {
            const fits = (found || !remarkable.checked) && words.every(word => text.includes(word));
            row.hidden = !fits;
            if (fits) shown++;
        }
        count.textContent = `${shown} / ${rows.length}`;
    };

    const key = (row, column) => {
        const cell = row.cells[column];
        return cell.dataset.v === undefined ? cell.textContent : Number(cell.dataset.v);
    };
    const compare = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
    const sort = (heading, column) => {
        const down = heading.getAttribute('aria-sort') === 'ascending';
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const keyed = rows.map(({ row }) => [key(row, column), row]);
        keyed.sort((a, b) => down ? compare(b[0], a[0]) : compare(a[0], b[0]));
        const sorted = document.createDocumentFragment();
        keyed.forEach(([, row], i) => {
            if (i % CHUNK === 0) sorted.append(document.createElement('tbody'));
            sorted.lastChild.append(row);
        });
        for (const body of [...table.tBodies]) body.remove();
        table.append(sorted);
    };

    [...table.tHead.rows[0].cells].forEach((heading, column) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.textContent = heading.textContent;
        heading.replaceChildren(button);
        button.addEventListener('click', () => sort(heading, column));
    });
    form.addEventListener('input', filter);
    form.addEventListener('submit', event => event.preventDefault());
    form.hidden = false;
    filter();
})();
