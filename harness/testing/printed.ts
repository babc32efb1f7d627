import type { Page } from 'playwright-core';

/** What is read aloud, and shown to nobody, takes no place. */
const shown = `[...document.querySelectorAll('body *')].filter((each) =>
  each.closest('.unseen') === null && each.getClientRects().length > 0)`;
const told = "(each) => `${each.tagName}: ${each.textContent.replace(/\\s+/g, ' ').trim().slice(0, 60)}`";

const mostTold = 8;

/** Elements that reach past the page's right edge, outside of what scrolls by itself: `TAG: words`. */
export function pastTheEdge(page: Page): Promise<readonly string[]> {
  return page.evaluate(`((most) => {
    const scrolls = (each) => each !== null && each !== document.body &&
      (/auto|scroll/.test(getComputedStyle(each).overflowX) || scrolls(each.parentElement));
    const edge = document.documentElement.clientWidth + 1;
    return ${shown}.filter((each) => each.getBoundingClientRect().right > edge && !scrolls(each.parentElement)).slice(0, most).map(${told});
  })(${mostTold})`);
}

/** Texts in a column so narrow that their letters stand one below the other. */
export function squeezed(page: Page): Promise<readonly string[]> {
  return page.evaluate(`((most) => {
    const isNarrow = (each) => {
      const { paddingLeft, paddingRight } = getComputedStyle(each);
      return each.getBoundingClientRect().width - parseFloat(paddingLeft) - parseFloat(paddingRight) < 40;
    };
    const texts = ${shown}.filter((each) => each.matches('td, th, li, dd, dt, p') && each.textContent.trim().length > 12);
    return texts.filter((each) => isNarrow(each) && each.closest('.grid, thead') === null).slice(0, most).map(${told});
  })(${mostTold})`);
}

/** Elements of which paper wouldn't show everything: cut by a frame, or folded. */
export function unseenInPrint(page: Page): Promise<readonly string[]> {
  return page.evaluate(`((most) => {
    const cuts = (each) => getComputedStyle(each).overflow !== 'visible' && each.closest('.unseen') === null && !(each instanceof SVGElement) &&
      (each.scrollWidth > each.clientWidth + 1 || each.scrollHeight > each.clientHeight + 1);
    const folds = (each) => each.tagName === 'DETAILS' && !each.open &&
      [...each.children].some((child) => child.tagName !== 'SUMMARY' && !child.checkVisibility({ contentVisibilityAuto: true }));
    const holds = (each) => each.tagName === 'DETAILS' && !each.open && each.childNodes.length > 1;
    const unfolds = (each) => getComputedStyle(each, '::details-content').contentVisibility === 'visible';
    return ${shown}.filter((each) => cuts(each) || folds(each) || (holds(each) && !unfolds(each))).slice(0, most).map(${told});
  })(${mostTold})`);
}

/** Of a document as Chromium writes it. */
export function pagesOf(pdf: Buffer): number {
  return pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
}
