import type en from './en'

export default {
  sections: { desk: 'Служба поддержки', people: 'Люди', tickets: 'Обращения', mail: 'Почта', security: 'Безопасность' },
  pages: { groups: 'Группы' },
  name: 'Название', description: 'Описание', default: 'По умолчанию', edit: 'Изменить: {name}', remove: 'Удалить: {name}',
  groups: { add: 'Добавить группу', edit: 'Изменить группу', none: 'Групп пока нет', lead: 'Группа — это команда, которой передают обращения.' },
} satisfies typeof en
