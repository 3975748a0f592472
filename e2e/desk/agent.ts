import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test'
import type { Desk } from './desk'

/** The words on the buttons that stories press, in the language of the agent who presses them. */
export const english = {
  email: 'E-mail', password: 'Password', signIn: 'Sign in', views: 'Views', timeline: 'Conversation', answer: 'Answer', text: 'Text of the comment', publicReply: 'Public reply', note: 'Internal note',
  bold: 'Bold', otherWays: 'Other ways to submit', submitAs: (status: string) => `Submit as ${status}`, properties: 'Properties', removeFile: (name: string) => `Remove ${name}`,
}
export const russian: typeof english = {
  email: 'Эл. почта', password: 'Пароль', signIn: 'Войти', views: 'Представления', timeline: 'Переписка', answer: 'Ответ', text: 'Текст комментария', publicReply: 'Публичный ответ', note: 'Внутренняя заметка',
  bold: 'Жирный', otherWays: 'Другие способы отправки', submitAs: (status: string) => `Отправить: ${status}`, properties: 'Свойства', removeFile: (name: string) => `Убрать ${name}`,
}

/** An agent at a browser. What an agent does is a method; what an agent sees is a locator. */
export class Agent {
  words = english
  constructor(readonly page: Page, readonly context: BrowserContext, private readonly desk: Desk) {}

  // --- coming and going

  async goesTo(path: string): Promise<void> { await this.page.goto(`${this.desk.url}/agent${path}`) }

  async signsIn(email: string, password = 'tugi-demo'): Promise<void> {
    await this.goesTo('/login')
    await this.page.getByLabel(this.words.email, { exact: true }).fill(email)
    await this.page.getByLabel(this.words.password, { exact: true }).fill(password)
    await this.page.getByRole('button', { name: this.words.signIn, exact: true }).click()
    await expect(this.page).toHaveURL(/\/agent\/views/)
  }

  // --- the list

  async opensView(title: string): Promise<void> {
    await this.page.getByRole('navigation', { name: this.words.views }).getByRole('link', { name: title }).click()
    await expect(this.page.getByRole('heading', { name: title })).toBeVisible()
  }
  row(subject: string): Locator { return this.page.getByRole('row').filter({ hasText: subject }) }

  async opens(subject: string): Promise<void> {
    await this.row(subject).getByRole('link').click()
    await expect(this.timeline.getByRole('article').first()).toBeVisible()
  }

  // --- the ticket

  get timeline(): Locator { return this.page.getByRole('region', { name: this.words.timeline }) }
  comment(text: string): Locator { return this.timeline.getByRole('article').filter({ hasText: text }) }
  get composer(): Locator { return this.page.getByRole('region', { name: this.words.answer, exact: true }) }
  get editor(): Locator { return this.composer.getByRole('textbox', { name: this.words.text }) }
  /** The ticket's status above the conversation. */
  status(name: string): Locator { return this.page.getByRole('main').locator('header').first().getByText(name, { exact: true }) }
  get properties(): Locator { return this.page.getByRole('complementary', { name: this.words.properties }) }

  property(field: string): Locator { return this.properties.getByRole('button', { name: field, exact: true }) }

  async writes(text: string): Promise<void> {
    await this.editor.click()
    await this.page.keyboard.type(text)
  }
  async writesBold(text: string): Promise<void> {
    await this.composer.getByRole('button', { name: this.words.bold, exact: true }).click()
    await this.page.keyboard.type(text)
    await this.page.keyboard.press('Control+b')
  }
  async attaches(name: string, content: string): Promise<void> {
    await this.composer.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(content) })
    await expect(this.composer.getByRole('progressbar')).toHaveCount(0)
    await expect(this.composer.getByRole('button', { name: this.words.removeFile(name) })).toBeVisible()
  }
  /** Presses the submit button, or chooses another status from the menu beside it. */
  async submits(status: string): Promise<void> {
    const button = this.composer.getByRole('button', { name: this.words.submitAs(status), exact: true })
    if (await button.isVisible()) { await button.click(); return }
    await this.composer.getByRole('button', { name: this.words.otherWays }).click()
    await this.page.getByRole('menuitem', { name: this.words.submitAs(status), exact: true }).click()
  }
  /** Chooses a value in one of the menus of the properties. */
  async sets(field: string, value: string): Promise<void> {
    await this.property(field).click()
    await this.page.getByRole('option', { name: value, exact: true }).click()
  }
}
