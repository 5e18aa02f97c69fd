"""The pages and addresses of the web application, a module for each thing a person does."""
