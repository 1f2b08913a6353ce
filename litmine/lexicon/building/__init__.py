"""How the generated term tables are made; nothing here runs when litmine is used."""
