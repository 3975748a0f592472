{fulltext ticket_text};
