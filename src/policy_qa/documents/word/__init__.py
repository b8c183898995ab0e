"""docx: what Word would show of a file, revisions accepted, automatic numbers written out."""
