"""Writing proposals and what people make of them. The phase is asked here, whatever the page showed."""
