import type en from './en'

export default {
  all: 'Выполняются все условия', any: 'Выполняется хотя бы одно', start: 'Начать с условия', field: 'Поле', operatorOf: '{field}: сравнение', valueOf: '{field}: значение', addCondition: 'Добавить условие', addAction: 'Добавить действие',
  unknown: 'Поля «{field}» больше нет.', units: { hours: 'ч', days: 'дн.', integer: '', decimal: '' },
  fields: {
    status: 'Категория статуса', custom_status_id: 'Статус', priority: 'Приоритет', type: 'Тип', group_id: 'Группа', assignee_id: 'Исполнитель', requester_id: 'Заявитель', organization_id: 'Организация', brand_id: 'Бренд', ticket_form_id: 'Форма',
    current_tags: 'Метки', via_id: 'Канал', recipient: 'Пришло на адрес', subject_includes_word: 'Текст темы', description_includes_word: 'Текст описания', comment_includes_word: 'Текст комментария', satisfaction_score: 'Удовлетворённость', locale_id: 'Язык заявителя',
    ticket_is_public: 'Видимость', reopens: 'Сколько раз открыто заново', replies: 'Ответов сотрудников', agent_stations: 'Исполнителей до сих пор', group_stations: 'Групп до сих пор', exact_created_at: 'Создано', exact_updated_at: 'Изменено',
    NEW: 'Часов с создания', OPEN: 'Часов открыто', PENDING: 'Часов в ожидании', HOLD: 'Часов отложено', SOLVED: 'Часов с решения', CLOSED: 'Часов с закрытия', assigned_at: 'Часов с назначения', updated_at: 'Часов с изменения',
    requester_updated_at: 'Часов с изменения заявителем', assignee_updated_at: 'Часов с изменения исполнителем', due_date: 'Часов после срока', until_due_date: 'Часов до срока', update_type: 'Обращение', comment_is_public: 'Комментарий', role: 'Кто изменил',
  },
  operators: {
    is: 'равно', is_not: 'не равно', less_than: 'меньше', less_than_equal: 'не больше', greater_than: 'больше', greater_than_equal: 'не меньше', includes: 'содержит хотя бы одно из', not_includes: 'не содержит ни одного из', present: 'заполнено', not_present: 'не заполнено',
    within_previous_n_days: 'за последние', within_next_n_days: 'в ближайшие', changed: 'изменилось', not_changed: 'не изменилось', value: 'стало', not_value: 'не стало', value_previous: 'было', not_value_previous: 'не было',
  },
  operators_text: { is: 'содержит строку', is_not: 'не содержит строку', includes: 'содержит хотя бы одно слово', not_includes: 'не содержит ни одного слова', present: 'заполнено', not_present: 'не заполнено', changed: 'изменилось', not_changed: 'не изменилось' },
  values: {
    none: 'Нет', current_user: 'Тот, кто смотрит', current_groups: 'Группы того, кто смотрит', requester_id: 'Заявитель', assignee_id: 'Исполнитель', checkbox: { true: 'Да', false: 'Нет' },
    status: { new: 'Новое', open: 'Открыто', pending: 'В ожидании', hold: 'Отложено', solved: 'Решено', closed: 'Закрыто' }, priority: { low: 'Низкий', normal: 'Обычный', high: 'Высокий', urgent: 'Срочный' }, type: { question: 'Вопрос', incident: 'Инцидент', problem: 'Проблема', task: 'Задача' },
    ticket_is_public: { public: 'Есть публичные комментарии', private: 'Только внутреннее' }, comment_is_public: { not_relevant: 'Есть', true: 'Публичный', false: 'Внутренний', requester_can_see_comment: 'Виден заявителю' },
    satisfaction_score: { unoffered: 'Не спрашивали', offered: 'Спросили', bad: 'Плохо', badwithcomment: 'Плохо, с отзывом', good: 'Хорошо', goodwithcomment: 'Хорошо, с отзывом' }, update_type: { Create: 'Создано', Change: 'Изменено' }, role: { agent: 'Сотрудник', end_user: 'Клиент' },
    notified: { current_user: 'Кто меняет', requester_id: 'Автор запроса', requester_and_ccs: 'Автор запроса и получатели копий', assignee_id: 'Исполнитель', all_agents: 'Все сотрудники', group_id: 'Группа тикета' },
    via: { web: 'Веб', email: 'Эл. почта', api: 'API', rule: 'Правило', merge: 'Объединение', suspended: 'Задержанное письмо', follow_up: 'Продолжение', chat: 'Чат', twitter: 'X', voice: 'Телефон', facebook: 'Facebook', facebook_message: 'Сообщение Facebook', web_widget: 'Виджет на сайте', mobile_sdk: 'Мобильное приложение', sms: 'SMS', messaging: 'Сообщения' },
  },
  actions: {
    comment_value_html: 'Написать комментарий', comment_value: 'Написать комментарий простым текстом', comment_mode_is_public: 'Комментарий публичный', status: 'Задать категорию статуса', custom_status_id: 'Задать статус', priority: 'Задать приоритет', type: 'Задать тип', assignee_id: 'Назначить', group_id: 'Передать группе',
    satisfaction_score: 'Попросить оценку', notification_user: 'Письмо человеку', notification_group: 'Письмо группе', notification_webhook: 'Вызвать вебхук',
    current_tags: 'Добавить метки', set_tags: 'Заменить метки', remove_tags: 'Убрать метки', subject: 'Задать тему', cc: 'Добавить в копию', follower: 'Добавить наблюдателя', brand_id: 'Перенести в бренд', ticket_form_id: 'Применить форму',
  },
} satisfies typeof en
